"""Text in both languages, side by side, so that neither can be forgotten."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


class Text(BaseModel):
    """A sentence or word in Chinese and in English; both are required and not blank.

    Examples
    --------
    >>> Text(zh="保护范围", en="protection zone").get("en")
    'protection zone'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, lang: Lang) -> str:
        """Return the wording in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """Return a copy with ``{name}`` replaced by ``values`` in both languages.

        Values that are themselves `Text` are put in by language.
        """
        zh = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        return Text(zh=self.zh.format(**zh), en=self.en.format(**en))


def text(zh: str, en: str) -> Text:
    """Make a `Text` from its Chinese and its English wording."""
    return Text(zh=zh, en=en)

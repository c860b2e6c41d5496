"""The errors of the house.

::

    WetlandError            shells print it without a traceback, exit code 1
     ├── InputError         a file, an option or a value the user gave cannot be used
     ├── PackError          a site pack is ill-formed: carries every mistake, not the first
     ├── StoreError         the store cannot be opened, read or written
     │    ├── StoreBusy     somebody else holds the store longer than we may wait
     │    └── StoreDamaged  the audit chain or a row digest does not match
     └── MissingPart        what `make install` brings is not there (map scripts, a driver)
"""

from __future__ import annotations

from dataclasses import dataclass

from wetland.base.texts import Lang, Text, text


class WetlandError(Exception):
    """What went wrong, in both languages, for a person who cannot read a traceback."""

    def __init__(self, message: Text, *, hint: Text | None = None) -> None:
        super().__init__(f"{message.zh} / {message.en}")
        self.message = message
        self.hint = hint

    def show(self, lang: Lang) -> str:
        """Return the message and, where there is one, what to do next."""
        parts = [self.message.get(lang)]
        if self.hint is not None:
            parts.append(self.hint.get(lang))
        return "\n".join(parts)


class InputError(WetlandError):
    """A file, an option or a value the user gave cannot be used."""


class StoreError(WetlandError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Somebody else holds the store longer than we may wait."""


class StoreDamaged(StoreError):
    """The audit chain or a row digest does not match what is stored."""


class MissingPart(WetlandError):
    """Something that ``make install`` brings is not there."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a site pack: where it is, what is wrong and what is allowed."""

    file: str
    where: str
    what: Text

    def show(self, lang: Lang) -> str:
        """Return ``file: where: what`` in ``lang``."""
        return f"{self.file}: {self.where}: {self.what.get(lang)}"


class PackError(WetlandError):
    """A site pack is ill-formed; ``mistakes`` holds all of them."""

    def __init__(self, site: str, mistakes: list[Mistake]) -> None:
        super().__init__(
            text("场地包 {site} 有 {n} 处错误", "site pack {site} has {n} mistake(s)").fill(
                site=site, n=len(mistakes)
            )
        )
        self.site = site
        self.mistakes = mistakes

    def show(self, lang: Lang) -> str:
        """Return the headline and one line per mistake."""
        return "\n".join([self.message.get(lang), *(m.show(lang) for m in self.mistakes)])

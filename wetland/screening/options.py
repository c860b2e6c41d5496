"""How a file is to be read: what the person who gives it knows about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.options import zone_of
from wetland.regulations.vocabulary import Vocabulary
from wetland.screening.tables import POSITION_SOURCES
from wetland.zones.datums import check_datum


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is known about a file beside its content.

    Parameters
    ----------
    columns
        Ours -> theirs: a role (``lon``, ``lat``, ``date`` ...) or a fact id -> name of the column.
    activity_words
        Words of the file -> activity ids of the site; an empty id says the word is no act.
    datum
        Datum of the coordinates where a row does not state its own; None is WGS84.
    encoding
        Encoding of a text file; None tries UTF-8 (with or without mark), then GB18030.
    source
        Name of the source, in which its own identifiers are unique; None is the file's name
        without its ending. Under one name a corrected row replaces the earlier one.
    source_kind
        How positions were found where a row does not say (`POSITION_SOURCES`).
    default_activity, default_date
        Used for rows that name none.
    timezone
        Time zone of instants without an offset; None is the site's.
    layer
        Layer of a GeoPackage that holds several.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    activity_words: Mapping[str, str] = field(default_factory=dict)
    datum: str | None = None
    encoding: str | None = None
    source: str | None = None
    source_kind: str | None = None
    default_activity: str | None = None
    default_date: dt.date | None = None
    timezone: str | None = None
    layer: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return what was set, for the record of the source and its digest."""
        values: dict[str, object] = {
            "columns": dict(sorted(self.columns.items())),
            "activity_words": dict(sorted(self.activity_words.items())),
            "datum": self.datum,
            "encoding": self.encoding,
            "source": self.source,
            "source_kind": self.source_kind,
            "default_activity": self.default_activity,
            "default_date": None if self.default_date is None else self.default_date.isoformat(),
            "timezone": self.timezone,
            "layer": self.layer,
        }
        return {key: value for key, value in values.items() if value}

    def checked(self, vocabulary: Vocabulary) -> ReadOptions:
        """Return the options with names resolved in the words of the site.

        Raises
        ------
        InputError
            An activity, a datum, a time zone or a kind of source nobody knows.
        """
        default = self._activity(vocabulary, self.default_activity)
        words = {
            word: self._activity(vocabulary, meant) or ""
            for word, meant in self.activity_words.items()
        }
        if self.timezone is not None:
            zone_of(self.timezone)
        if self.source_kind is not None and self.source_kind not in POSITION_SOURCES:
            raise InputError(
                text(
                    "不认识的定位方式 {k}；可用：{a}", "unknown kind of source {k}; use one of {a}"
                ).fill(k=self.source_kind, a=", ".join(POSITION_SOURCES))
            )
        return ReadOptions(
            columns=dict(self.columns),
            activity_words=words,
            datum=None if self.datum is None else check_datum(self.datum),
            encoding=self.encoding,
            source=self.source,
            source_kind=self.source_kind,
            default_activity=default,
            default_date=self.default_date,
            timezone=self.timezone,
            layer=self.layer,
        )

    @staticmethod
    def _activity(vocabulary: Vocabulary, word: str | None) -> str | None:
        if not word:
            return None
        found = vocabulary.find_activity(word)
        if found is None:
            raise InputError(
                text("场地词表中没有行为 {w}", "the site knows no activity {w}").fill(w=word),
                hint=text("可用的行为见 vocabulary.yaml", "vocabulary.yaml of the site lists them"),
            )
        return found

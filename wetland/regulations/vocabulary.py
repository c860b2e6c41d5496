"""The words of a site's rules: activities (行为), facts (事实), record kinds (许可与公告).

`vocabulary.yaml` of a site pack holds them. An activity id is a path: ``fishing.angling`` is a
kind of ``fishing``; a rule on ``fishing`` meets an observed ``fishing.angling``, and a rule on
``fishing.angling`` *may* meet an observed ``fishing`` (not known: which kind it was).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wetland.base.strict import Strict
from wetland.base.texts import Text

IDENTIFIER = r"^[a-z][a-z0-9_]*$"
ACTIVITY_PATH = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"


class Activity(Strict):
    """Something a person does (行为). ``aliases`` are words in files, matched without case."""

    name: Text
    aliases: tuple[str, ...] = ()


class Fact(Strict):
    """Something that must be known to decide: a nullable boolean, number, choice, day or text.

    ``role`` says what the fact decides: ``act`` facts decide the outcome; ``party`` facts (who he
    is, first offence, corrected in time ...) only the penalty; ``procedure`` facts only deadlines
    and evidence. ``how`` tells a ranger how to get the fact.
    """

    question: Text
    kind: Literal["boolean", "number", "choice", "day", "text"] = "boolean"
    role: Literal["act", "party", "procedure"] = "act"
    unit: str | None = None
    choices: dict[str, Text] = Field(default_factory=dict)
    how: Text | None = None


class RecordKind(Strict):
    """A kind of record of the store that an exception or a duty refers to.

    ``type``: permit (许可/同意), closure (封闭轮休), designation (划定区域、时间, e.g. angling
    area), works (作业), event (活动), order (责令改正). The id is also a boolean fact: a fact of
    the same name given by hand speaks where no record does.
    """

    name: Text
    type: Literal["permit", "closure", "designation", "works", "event", "order"]


class Vocabulary(Strict):
    """All words of one site."""

    activities: dict[str, Activity]
    facts: dict[str, Fact]
    records: dict[str, RecordKind] = Field(default_factory=dict)

    def find_activity(self, word: str) -> str | None:
        """Return the activity of a word: an id, else a name in either language, else an alias."""
        wanted = word.strip().casefold()
        if wanted in self.activities:
            return wanted
        for key, activity in self.activities.items():
            if wanted in {activity.name.zh.casefold(), activity.name.en.casefold()}:
                return key
        for key, activity in self.activities.items():
            if wanted in {alias.casefold() for alias in activity.aliases}:
                return key
        return None


def covers(rule_activity: str, observed: str) -> bool | None:
    """Tell whether an observed activity is of the kind a rule speaks of.

    True when equal or a kind of it, None when the observed word is the wider one, else False.

    Examples
    --------
    >>> covers("fishing", "fishing.angling"), covers("fishing.angling", "fishing")
    (True, None)
    >>> covers("fishing", "swimming")
    False
    """
    if observed == rule_activity or observed.startswith(rule_activity + "."):
        return True
    if rule_activity.startswith(observed + "."):
        return None
    return False

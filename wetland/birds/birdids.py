"""Identifiers of surveys and records, and digests of what they say.

Rule of decision: what the source itself identifies (an event, an occurrence) keeps that identity,
whatever else changes; else a survey is the same when source, place, days, time, observers and
protocol are, and a record when survey, name, sex and life stage are (the second such row is another
record). So a second import of a file changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from wetland.birds.readoptions import BirdOptions

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def digest(parts: Any, length: int = 24) -> str:  # noqa: ANN401 - what JSON holds
    """Return a stable digest of what JSON (and days or instants) can hold."""
    whole = _ENCODER.encode(parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def survey_id(site: str, *key: Any) -> str:  # noqa: ANN401 - parts of a key
    """Return the identifier of a survey."""
    return "v-" + digest(["survey", site, *key])


def record_id(site: str, *key: Any) -> str:  # noqa: ANN401 - parts of a key
    """Return the identifier of a record."""
    return "b-" + digest(["record", site, *key])


def is_ours(identifier: str, kind: str) -> bool:
    """Tell whether an identifier was given here: ``v`` to a survey, ``b`` to a record.

    Examples
    --------
    >>> is_ours(survey_id("xixi", "event", "1"), "v"), is_ours("v-1", "v")
    (True, False)
    """
    return re.fullmatch(rf"{kind}-[0-9a-f]{{24}}", identifier) is not None


def bird_source_id(site: str, sha256: str, options: BirdOptions) -> str:
    """Return the identifier of a file read in one way: the same file and options, the same one."""
    told = json.dumps(options.as_json(), sort_keys=True, ensure_ascii=False)
    return "s-" + digest(["birds", site, sha256, told])

"""Tables of what a file of visitors holds: identifiers, flags, digests.

Rule of decision: a count is the same when site, place, measure, counter, period and start are, so
that a second import of it changes it and a second one in one file is another; a reading of a car
park, when site, car park and instant are.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wetland.base.tables import DTYPES, TableSchema
from wetland.visitors.readseen import Said, Seen
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS

if TYPE_CHECKING:
    import pandas as pd

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def digest(parts: Any, length: int = 24) -> str:  # noqa: ANN401 - what JSON holds
    """Return a stable digest of what JSON (and days or instants) can hold."""
    whole = _ENCODER.encode(parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def flags_json(tests: Sequence[Said]) -> str | None:
    """Return what the tests said as JSON; None where they said nothing.

    Examples
    --------
    >>> from wetland.base.texts import text
    >>> flags_json([Said("negative", "fail", text("-1 小于 0", "-1 is below 0"))])
    '[{"test": "negative", "level": "fail", "zh": "-1 小于 0", "en": "-1 is below 0"}]'
    """
    if not tests:
        return None
    told = [{"test": t.name, "level": t.level, "zh": t.message.zh, "en": t.message.en}
            for t in tests]  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def counts_table(seen: Sequence[Seen], site: str, source_id: str) -> pd.DataFrame:
    """Return the table `VISITOR_COUNTS`, in the order of the file."""
    found = []
    held: Counter[str] = Counter()
    for one in seen:
        start = one.first.isoformat() if one.start is None else one.start.isoformat()
        key = [site, one.place, one.measure, one.counter, one.period, start]
        name = _name("c", key, held)
        found.append({
            "count_id": name, "site": site, "source_id": source_id, "source_row": one.row,
            "place": one.place, "place_kind": one.kind, "measure": one.measure,
            "period": one.period, "counted_on": one.first, "counted_to": one.last,
            "start_at": one.start, "end_at": one.end, "value": one.value,
            "value_received": one.raw, "counter": one.counter, "flag": one.flag,
            "flags": flags_json(one.tests), "remarks": one.remarks, "extra": one.extra,
            "synthetic": one.synthetic,
        })  # fmt: skip
    return _table(found, VISITOR_COUNTS)


def parking_table(seen: Sequence[Seen], site: str, source_id: str) -> pd.DataFrame:
    """Return the table `PARKING_READINGS`, in the order of the file."""
    found = []
    held: Counter[str] = Counter()
    for one in seen:
        key = [site, one.place, None if one.start is None else one.start.isoformat()]
        found.append({
            "reading_id": _name("k", key, held), "site": site, "source_id": source_id,
            "source_row": one.row, "car_park": one.place, "read_at": one.start,
            "occupied": one.value, "capacity": one.capacity, "value_received": one.raw,
            "flag": one.flag, "flags": flags_json(one.tests), "extra": one.extra,
            "synthetic": one.synthetic,
        })  # fmt: skip
    return _table(found, PARKING_READINGS)


def _name(prefix: str, key: list[Any], held: Counter[str]) -> str:
    """Return an identifier; the second of one key in a file gets another."""
    first = digest([prefix, *key])
    held[first] += 1
    return f"{prefix}-{first if held[first] == 1 else digest([prefix, *key, held[first]])}"


def _table(rows: list[dict[str, Any]], schema: TableSchema) -> pd.DataFrame:
    import pandas as pd

    away = {schema.key, "source_id", "source_row", "content"}
    for row in rows:
        row["content"] = digest([v for name, v in row.items() if name not in away], 64)
    frame = pd.DataFrame(rows, columns=schema.names)
    for column in schema.columns:
        if column.kind == "instant":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True)
    return frame.astype({c.name: DTYPES[c.kind] for c in schema.columns})

"""A small invented table of bird surveys for tests: four plots, ten winters, three species."""

from __future__ import annotations

import datetime as dt

HEAD = "event_id,plot,date,protocol,duration_min,complete,species,count,remarks,synthetic\n"
PLOTS = ("EX-B1", "EX-B2", "EX-B4", "EX-B6")
WINTERS = range(2014, 2024)
TODAY = dt.date(2026, 11, 24)


def counts(plot: int, winter: int) -> dict[str, int]:
    """Return the counts of a visit: one species halves in seven winters, one stays, one is rare."""
    step = winter - WINTERS[0]
    wobble = (plot * 7 + step * 5) % 4
    return {
        "斑嘴鸭": round((60 + 10 * plot) * 0.9**step) + wobble,
        "小䴙䴘": 14 + 2 * plot + wobble,
        "鸳鸯": 3 if plot == 0 and step % 3 == 0 else 0,
    }


def rows() -> list[str]:
    """Return the rows of the file; one plot misses a winter, absences are written down as 0."""
    out = []
    for winter in WINTERS:
        for at, plot in enumerate(PLOTS):
            if (at, winter) == (2, 2018):
                continue
            start = f"E-{plot}-{winter},{plot},{winter}-12-{10 + at:02d},样线法,60,true"
            out += [f"{start},{name},{n},,true\n" for name, n in counts(at, winter).items()]
    return out


def table() -> bytes:
    """Return the whole file."""
    return (HEAD + "".join(rows())).encode("utf-8")

"""Zone a file and write it: for a table with zones, without law and without the store."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import samefile
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.reading.files import Given
from wetland.reports.findings import problem_json
from wetland.screening.options import ReadOptions
from wetland.screening.zoned import Zoned, zone_observations, zoning_of
from wetland.sites.basis import notice_of, zone_basis
from wetland.sites.load import Site

ENDINGS = (".parquet", ".geoparquet", ".pq")
SURVEYED = text("分区界线为实测界线", "the zone boundaries are surveyed")


@dataclass(frozen=True, slots=True)
class ZonedFile:
    """What zoning a file gave: the zoned rows, where they were written, what to tell of zones."""

    zoned: Zoned
    out: Path
    zone_basis: str
    notice: Text | None

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return it as JSON-ready mappings in one language."""
        return {
            "out": str(self.out),
            "zone_basis": self.zone_basis,
            "notice": None if self.notice is None else self.notice.get(lang),
            "problems": [problem_json(p, lang) for p in self.zoned.problems.items],
            "counts": {
                "rows": self.zoned.rows,
                "written": int(self.zoned.table.num_rows),
                "rows_aside": self.zoned.rows_aside,
                "problems": len(self.zoned.problems),
            },
        }


def zone_file(
    path: str | Path | Given,
    site: Site,
    out: str | Path,
    *,
    options: ReadOptions | None = None,
    store: str | Path | None = None,
) -> ZonedFile:
    """Read a file of things with places and write its sound rows with their zones as GeoParquet.

    Parameters
    ----------
    path
        A file, or what was sent.
    site
        Whose zones.
    out
        The file to write; one of that name is replaced, and only once the new one is whole.
    options
        What is known of the file beside its content.
    store
        The store's own file, which is neither read nor written this way.

    Raises
    ------
    InputError
        The file cannot be read, or ``out`` is no place for the new one.
    """
    goal = Path(out)
    _check(goal, path, store)
    zoned = zone_observations(path, site, zoning_of(site.zones), options=options, store=store)
    basis = zone_basis(site, assume_schematic=False)
    notice = notice_of(site, basis)
    told = notice or SURVEYED
    notes = {
        "site": site.id,
        "zone_basis": basis,
        "notice": {"zh": told.zh, "en": told.en},
        "rows": zoned.rows,
        "rows_aside": zoned.rows_aside,
    }
    part = goal.with_name(f".{goal.name}.part")
    try:
        zoned.write(part, notes)
        part.replace(goal)
    except OSError as error:
        said = text("无法写入 {f}：{w}", "{f} cannot be written: {w}")
        raise InputError(said.fill(f=goal, w=error.strerror or str(error))) from None
    finally:
        part.unlink(missing_ok=True)
    return ZonedFile(zoned, goal, basis, notice)


def _check(goal: Path, path: str | Path | Given, store: str | Path | None) -> None:
    if goal.suffix.lower() not in ENDINGS:
        said = text(
            "{f}：只写 GeoParquet，请用后缀 .parquet", "{f}: GeoParquet only; name it .parquet"
        )
        raise InputError(said.fill(f=goal.name))
    if not goal.parent.is_dir():
        raise InputError(text("没有文件夹 {f}", "there is no folder {f}").fill(f=goal.parent))
    read = None if isinstance(path, Given) else path
    for taken in (read, store):
        if taken is not None and goal.exists() and Path(taken).exists() and samefile(goal, taken):
            said = text("{f}：不能写到正在读取的文件或存储上", "{f}: is read from, or is the store")
            raise InputError(said.fill(f=goal.name))

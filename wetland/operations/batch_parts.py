"""The parts of the output: which an earlier run left, and which of them still hold."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations.batch_files import about_of, read_json

PATTERN = "part-*.parquet"
WORK, SUMMARY, PROBLEMS_TABLE = ".work", "summary.json", "problems.parquet"
_OURS = re.compile(r"\.?part-(?:track-)?\d{5,}\.parquet")
FOREIGN = text(
    "{p} 不是本程序写的，不会覆盖", "{p} was not written by this program and is not overwritten"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts in one folder."""

    folder: Path

    def clear(self) -> None:
        """Remove every part, and what was made from them.

        Raises
        ------
        InputError
            One of them was not written by this program.
        """
        self.refuse_foreign()
        for path in self._found():
            path.unlink()
        for name in (PROBLEMS_TABLE, SUMMARY):
            (self.folder / name).unlink(missing_ok=True)

    def refuse_foreign(self) -> None:
        """Refuse a folder where another's file has a name that a run writes to.

        Raises
        ------
        InputError
            There is one.
        """
        for path in self._found():
            self._refuse_foreign(path)
        if (self.folder / WORK).is_dir() or _is_ours(self.folder / SUMMARY):
            return
        for name in (SUMMARY, PROBLEMS_TABLE):
            if (self.folder / name).exists():
                raise _foreign(self.folder / name)

    def adopt(self, wanted: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Give parts that still hold the names they have now.

        Parameters
        ----------
        wanted
            Name of a part -> its key.

        Returns
        -------
        dict
            Name of each part that need not be made -> what it says of itself.

        Raises
        ------
        InputError
            A file of that name was not written by this program.
        """
        names = {key: name for name, key in wanted.items()}
        held: dict[str, dict[str, Any]] = {}
        moves: list[tuple[Path, Path]] = []
        for path in self._found():
            self._refuse_foreign(path)
            about = about_of(path)
            name = None if about is None else names.get(str(about.get("key")))
            if about is None or name is None or name in held:
                path.unlink()
                continue
            held[name] = about
            if name != path.name:
                moved = self.folder / f".{name}"
                os.replace(path, moved)
                moves.append((moved, self.folder / name))
        for moved, path in moves:
            os.replace(moved, path)
        return held

    def _found(self) -> list[Path]:
        moved = self.folder.glob(f".{PATTERN}")  # an interrupted renaming
        return sorted([*self.folder.glob(PATTERN), *moved])

    def _refuse_foreign(self, path: Path) -> None:
        from pyarrow import ArrowException, parquet

        try:
            parquet.read_metadata(path)
        except (ArrowException, OSError):
            if _OURS.fullmatch(path.name) and path.read_bytes()[:4] in (b"PAR1", b""):
                return  # a part of ours that nobody can read
            raise _foreign(path) from None
        if about_of(path) is None:
            raise _foreign(path)


def _foreign(path: Path) -> InputError:
    return InputError(
        FOREIGN.fill(p=path), hint=text("请换一个 --out 文件夹", "name another folder by --out")
    )


def _is_ours(summary: Path) -> bool:
    """Tell whether a run wrote this summary."""
    found = read_json(summary)
    return found is not None and "pack_digest" in found

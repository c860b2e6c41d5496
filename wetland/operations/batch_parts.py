"""The parts of the output: which an earlier run left, and which of them still hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations.batch_files import about_of

PATTERN = "part-*.parquet"
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
        for path in self._found():
            self._refuse_foreign(path)
        for path in self._found():
            path.unlink()
        for name in ("problems.parquet", "summary.json"):
            (self.folder / name).unlink(missing_ok=True)

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
            return  # nobody can read it
        if about_of(path) is None:
            raise InputError(
                FOREIGN.fill(p=path),
                hint=text("请换一个 --out 文件夹", "name another folder by --out"),
            )

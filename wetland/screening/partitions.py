"""Cut a set of files into partitions (分区) that are each small enough to be held in memory.

Rule of decision. A Parquet file is cut along its row groups: small ones are taken together, one
that is too large is read batch by batch. Any other file is read whole and handed on in slices. No
cut depends on how many workers there are, so the same files always give the same partitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path, PurePath

from wetland.base.errors import InputError
from wetland.regulations.vocabulary import Vocabulary
from wetland.screening.columns import Columns, position_missing, understand

PART_ROWS = 50_000
FEW_ROWS = 20  # in so short a set every blank cell is told, see `parse.blank_columns`


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one file that are read in one go, and the partitions they make.

    Parameters
    ----------
    groups
        First row group and the one after the last; ``(0, 0)`` where the file has none.
    cuts
        For each partition its first row, counted from 0, and how many rows it has.
    """

    groups: tuple[int, int]
    cuts: tuple[tuple[int, int], ...]


def cut(groups: Sequence[int], most: int = PART_ROWS) -> list[Span]:
    """Cut a file along its row groups.

    Parameters
    ----------
    groups
        Rows of each row group, in order.
    most
        Most rows of one partition.

    Examples
    --------
    >>> [span.cuts for span in cut([4, 5, 0, 25], most=10)]
    [((0, 9),), ((9, 10), (19, 10), (29, 5))]
    """
    spans: list[Span] = []
    start, begun, held = 0, 0, 0
    for number, rows in enumerate(groups):
        if held and held + rows > most:
            spans.append(Span((begun, number), slices(start, held, most)))
            start, begun, held = start + held, number, 0
        held += rows
    if held:
        spans.append(Span((begun, len(groups)), slices(start, held, most)))
    return spans


def slices(start: int, rows: int, most: int = PART_ROWS) -> tuple[tuple[int, int], ...]:
    """Return consecutive slices of at most ``most`` rows.

    Examples
    --------
    >>> slices(3, 5, most=2)
    ((3, 2), (5, 2), (7, 1))
    """
    end = start + rows
    return tuple((at, min(most, end - at)) for at in range(start, end, most))


def source_name(given: Sequence[str], files: Sequence[Path]) -> str:
    """Return the name of the source that a set of files makes.

    Rule of decision: one file given by its name is named as when it is read alone, without its
    ending; else the name is that of the folder all files lie in, so that it does not depend on how
    the rows are spread over files.

    Examples
    --------
    >>> source_name(["fixes/*.parquet"], [Path("fixes/a.parquet"), Path("fixes/b.parquet")])
    'fixes'
    >>> source_name(["fixes/a.parquet"], [Path("fixes/a.parquet")])
    'a'
    """
    if len(files) == 1 and len(given) == 1 and PurePath(given[0]).name == files[0].name:
        return files[0].stem
    folder = Path(commonpath([file.absolute().parent for file in files]))
    return folder.name or "root"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file's columns are, as far as their meaning hangs on it.

    Parameters
    ----------
    format
        Format of the file.
    columns
        Names of its columns, in order, without that of the geometry.
    filled
        Columns that hold something in some row.
    roles
        Roles that the format settles.
    geometry
        Whether its rows have geometries of their own.
    rows
        How many rows there are.
    """

    format: str
    columns: tuple[str, ...]
    filled: frozenset[str]
    roles: Mapping[str, str]
    geometry: bool
    rows: int


def meanings(
    shapes: Mapping[str, Shape], given: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[dict[str, Columns], dict[str, InputError]]:
    """Tell what the columns of all files mean, as if the files of one format were one file.

    Parameters
    ----------
    shapes
        Name of a file -> its columns, in order of the files.
    given
        Ours -> theirs, as the user says.
    vocabulary
        The facts of the site.

    Returns
    -------
    columns, aside
        For each file what its columns mean, or why that cannot be told.

    Notes
    -----
    Rule of decision: a column is blank if it is blank in every file; a file that lacks the columns
    in which the others hold their positions is understood by itself.
    """
    found: dict[str, Columns] = {}
    aside: dict[str, InputError] = {}
    for format in dict.fromkeys(shape.format for shape in shapes.values()):
        rest = {name: shape for name, shape in shapes.items() if shape.format == format}
        while rest:
            try:
                columns = _understood(rest.values(), given, vocabulary)
            except InputError as error:
                aside |= dict.fromkeys(rest, error)
                break
            fit = {name for name, shape in rest.items() if _has_position(shape, columns)}
            if not fit:
                aside |= {name: position_missing(shape.columns, name)
                          for name, shape in rest.items()}  # fmt: skip
            found |= dict.fromkeys(sorted(fit), columns)
            rest = {name: shape for name, shape in rest.items() if fit and name not in fit}
    return found, aside


def _understood(
    shapes: Iterable[Shape], given: Mapping[str, str], vocabulary: Vocabulary
) -> Columns:
    shapes = list(shapes)
    present = list(dict.fromkeys(column for shape in shapes for column in shape.columns))
    filled = frozenset[str]().union(*(shape.filled for shape in shapes))
    short = sum(shape.rows for shape in shapes) <= FEW_ROWS
    blank = frozenset() if short else frozenset(present) - filled
    roles: dict[str, str] = {}
    for shape in shapes:
        roles = {**shape.roles, **roles}
    return understand(present, given, roles, vocabulary, blank=blank)


def _has_position(shape: Shape, columns: Columns) -> bool:
    own, roles = set(shape.columns), columns.roles
    if shape.geometry:
        return True
    pair = {roles.get("lon"), roles.get("lat")}
    return pair <= own or roles.get("geometry") in own

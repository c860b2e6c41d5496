"""What has to be known of an eBird file before its first checklist is told: where it is silent.

A checklist of which all species were reported says 0 of what it does not list. It says nothing of a
species whose row reviewers did not approve, of a row that cannot be read, and, where the file was
given out for one species, of all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wetland.base.problems import Problems
from wetland.birds.birdsource import BirdSource
from wetland.birds.ebirdrows import ebird_rows

EVENT = ("samplingeventidentifier", "submissionid")
GROUP = "groupidentifier"
NOT_APPROVED = frozenset({"0", "false", "no"})


@dataclass(slots=True)
class Silence:
    """Where a file says less than its checklists did.

    Attributes
    ----------
    checklists
        Identifiers of checklists and groups of which a row was not approved or cannot be read.
    one_species
        Whether an EBD names a single species, as one that was asked for a species does.
    """

    checklists: set[str] = field(default_factory=set)
    one_species: bool = False

    def is_in(self, *checklist: str) -> bool:
        """Tell whether a checklist may have listed more than the file gives out."""
        return self.one_species or not self.checklists.isdisjoint(checklist)


def silence_of(source: BirdSource) -> Silence:
    """Read a file once for what it leaves out; its problems are told when it is read again.

    Raises
    ------
    InputError
        There is no header, no text, or an encoding nobody knows.
    """
    rows = ebird_rows(source.given, source.options.encoding, Problems(source.given.name))
    groups: dict[str, str] = {}
    names: set[str] = set()
    found: set[str] = set()
    for row in rows:
        if len(names) < 2:
            names.add(rows.cell(row, "scientificname", "commonname") or "")
        own, group = rows.cell(row, *EVENT), rows.cell(row, GROUP)
        if own is None:
            continue
        if group is not None:
            groups[own] = group
        if (rows.cell(row, "approved") or "1").casefold() in NOT_APPROVED:
            found.add(group or own)
    found |= {cell for cell in rows.lost if cell}
    found |= {groups[one] for one in found if one in groups}
    return Silence(found, rows.is_ebd and len(names) == 1)

"""The findings schema: bilingual titles, one key, and an identifier that only the subject moves."""

from __future__ import annotations

from wetland.base.findings import FINDINGS, OUTCOMES, STATUSES, ZONE_BASES, finding_id


def test_columns_are_unique_and_the_key_is_required() -> None:
    assert len(set(FINDINGS.names)) == len(FINDINGS.names)
    assert FINDINGS.column(FINDINGS.key).required
    assert FINDINGS.geometry == "geometry"


def test_every_choice_has_a_wording() -> None:
    assert FINDINGS.column("outcome").choices == tuple(OUTCOMES)
    assert FINDINGS.column("status").choices == tuple(STATUSES)
    assert FINDINGS.column("zone_basis").choices == tuple(ZONE_BASES)


def test_outcomes_hold_no_kept_and_no_not_covered() -> None:
    assert set(OUTCOMES) == {"broken", "undecided"}


def test_identifier_depends_on_each_part() -> None:
    base = ("xixi", "screening", "a/b", "o-1")
    ids = {finding_id(*base)}
    for position in range(4):
        other = list(base)
        other[position] += "x"
        ids.add(finding_id(*other))
    assert len(ids) == 5

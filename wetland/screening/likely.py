"""How likely the place clause of a rule holds (地点要件成立的可能性): a lower bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from wetland.regulations.evaluate import union_key
from wetland.regulations.rulebook import DatedRule
from wetland.sites.likelihoods import Bounds

Floats = NDArray[np.float64]
ANYWHERE = "any"


def clause_names(rules: Iterable[DatedRule]) -> set[str]:
    """Return the names of zones whose likelihoods the place clauses of rules need."""
    names: set[str] = set()
    for rule in rules:
        within = (
            () if ANYWHERE in rule.rule.zones else (*rule.rule.zones, union_key(rule.rule.zones))
        )
        names |= {*within, *rule.not_zones}
    return names


def place_likelihood(rule: DatedRule, bounds: Mapping[str, Bounds], size: int) -> Floats:
    """Return a lower bound of the probability that a rule reaches each of ``size`` places.

    Rule of decision: the place must be in one of the rule's zones (as likely as in their union, or
    as in the likeliest of them) and in none that it leaves out (whose likelihoods are taken off,
    whatever they have to do with each other). A rule that names no zone reaches every place: 1.
    NaN where a zone is not loaded, or the place has no position.

    Where the finding says "broken" this is one less the doubts of all zones it was read from.
    """
    out = np.ones(size) if ANYWHERE in rule.rule.zones else _within(rule, bounds, size)
    for name in rule.not_zones:
        out = out - bounds[name].most
    return np.maximum(out, 0.0)


def _within(rule: DatedRule, bounds: Mapping[str, Bounds], size: int) -> Floats:
    union = bounds.get(union_key(rule.rule.zones))
    known = [] if union is None else [union.least]
    known += [bounds[name].least for name in rule.rule.zones]
    best = np.full(size, np.nan)
    for least in known:
        best = np.fmax(best, least)
    return best

"""Records whose name nobody matched yet, and the species each may be (未匹配的记录).

A survey that lists all species tells by its silence that the others were not there. It does not
tell so of a species that one of its unmatched names may mean.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def surveys_in_doubt(records: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return species -> surveys with an unmatched record that may be of it.

    What a name may mean are the suggestions of the flag ``unmatched``
    (`wetland.birds.plausibility`). Absent and rejected records put nothing in doubt.
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    there = (records["occurrence_status"] == "present") & (records["validation"] != "rejected")
    bare = records[there & records["taxon_id"].isna() & records["flags"].notna()]
    codes, flags = pd.factorize(bare["flags"])
    meant = [_suggested(told) for told in flags]
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, survey in zip(codes, bare["survey_id"], strict=True):
        for taxon_id in meant[code]:
            found[taxon_id].add(survey)
    return {taxon_id: frozenset(surveys) for taxon_id, surveys in found.items()}


def _suggested(flags: str) -> list[str]:
    told = [flag["numbers"] for flag in json.loads(flags) if flag.get("test") == "unmatched"]
    return [str(taxon_id) for numbers in told for taxon_id in numbers.get("suggestions", ())]

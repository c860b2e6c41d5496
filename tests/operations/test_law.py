"""The ranger's question end to end: `law_at` and ``wetland law at`` on the real pack."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from wetland.base.errors import InputError
from wetland.cli import main
from wetland.operations.law import LawQuestion, law_at
from wetland.sites.load import open_site

PARK = (120.0668, 30.2742)
DAYS = ("2011-11-30", "2011-12-01", "2022-05-31", "2022-06-01", "2024-05-01")


@pytest.fixture(scope="module")
def xixi():
    return open_site("xixi")


def _answer(site, on: str | None, **more):
    lon, lat = more.pop("place", PARK)
    day = None if on is None else dt.date.fromisoformat(on)
    question = LawQuestion(lon, lat, day, more.pop("activities", ("fishing",)), **more)
    return law_at(site, question).to_json("en")


def _rule(answer, regulation: str, activity_norm: str = "aquatic"):
    found = [
        r for r in answer["rules"] if r["regulation"] == regulation and activity_norm in r["rule"]
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("on", ["2005-01-01", "2011-11-30"])
def test_fishing_in_the_park_before_the_regulation_is_not_covered(xixi, on) -> None:
    answer = _answer(xixi, on)
    assert answer["outcome"] == "not_covered"
    assert all(r["outcome"] != "kept" for r in answer["rules"])
    laws = {gap["line"]: gap for gap in answer["not_covered"]}
    assert laws["xixi"]["to"] == "2011-12-01"


@pytest.mark.parametrize("on", ["2011-12-01", "2015-05-01", "2022-05-31"])
def test_the_2011_regulation_may_fine_500_to_2000(xixi, on) -> None:
    for facts, outcome in (({}, "undecided"), ({"aquatic_catch_consent": False}, "broken")):
        rule = _rule(_answer(xixi, on, facts=facts), "xixi-2011")
        assert (rule["article"], rule["penalty_article"]) == ("26(1)", "60(1)")
        assert rule["outcome"] == outcome
        fine = rule["fine"]
        assert (fine["min"], fine["max"], fine["unit"], fine["discretion"]) == (
            500,
            2000,
            "CNY",
            "may",
        )


@pytest.mark.parametrize("on", ["2022-06-01", "2024-05-01"])
def test_from_2022_prohibited_with_what_was_seen(xixi, on) -> None:
    rule = _rule(_answer(xixi, on), "xixi-2022")
    assert (rule["modality"], rule["outcome"], rule["text_seen"]) == (
        "prohibition",
        "broken",
        False,
    )
    assert (rule["article"], rule["penalty_article"]) == (None, None)
    fine = rule["fine"]
    assert (fine["min"], fine["max"], fine["unseen"]) == (500, None, ["max"])
    assert (fine["carried_over"]["from"], fine["carried_over"]["max"]) == (
        "xixi-2011/26-1-aquatic",
        2000,
    )


def test_a_schematic_edge_leaves_it_open_and_says_both_sides(xixi) -> None:
    at_the_edge = (120.0845, 30.2758)
    strict = _rule(_answer(xixi, "2024-05-01", place=at_the_edge, uncertainty_m=1), "xixi-2022")
    assert (strict["outcome"], strict["missing"]) == ("undecided", ["zone_not_surveyed"])
    assert strict["either_side"]["inside"] == "broken"
    assert strict["either_side"]["outside"] == "kept"
    exercise = _answer(
        xixi, "2024-05-01", place=at_the_edge, assume_schematic=True, uncertainty_m=1
    )
    assert exercise["zone_basis"] == "exercise"
    assert "not for enforcement" in exercise["notice"]
    assert _rule(exercise, "xixi-2022")["outcome"] == "broken"


def test_nothing_in_the_belt_is_certain_while_its_edge_is_a_sketch(xixi) -> None:
    answer = _answer(xixi, "2015-05-01", place=(120.0400, 30.2700), activities=("fishing.angling",))
    belt = [r for r in answer["rules"] if r["article"] == "26(2)"]
    assert [r["outcome"] for r in belt] == ["undecided"]


def test_a_datum_mix_up_changes_the_article(xixi) -> None:
    """CAUTIONS 1.2: the museum's GCJ-02 and BD-09 figures taken as WGS84 fall into the belt."""
    for datum, lon, lat in (("gcj02", 120.087436, 30.264166), ("bd09", 120.093967, 30.270123)):
        asked = {"place": (lon, lat), "uncertainty_m": 1, "assume_schematic": True}
        right = _answer(xixi, "2015-05-01", datum=datum, **asked)
        wrong = _answer(xixi, "2015-05-01", **asked)
        assert "protection" in {z["zone"] for z in right["zones"] if z["where"] == "inside"}
        assert "protection" not in {z["zone"] for z in wrong["zones"] if z["where"] == "inside"}


def test_forgetting_the_uncertainty_only_opens(xixi) -> None:
    for source, widest in xixi.config.position_defaults.items():
        for place in (PARK, (120.0830, 30.2758), (120.0905, 30.2758)):
            known = _answer(
                xixi, "2015-05-01", place=place, uncertainty_m=widest / 3, position_source=source
            )
            forgotten = _answer(xixi, "2015-05-01", place=place, position_source=source)
            before = {r["rule"]: r["outcome"] for r in known["rules"]}
            for rule in forgotten["rules"]:
                assert rule["outcome"] in {before.get(rule["rule"], "kept"), "undecided"}


def test_no_day_no_answer(xixi) -> None:
    answer = _answer(xixi, None)
    assert {r["outcome"] for r in answer["rules"]} == {"undecided"}
    assert all("date" in r["missing"] for r in answer["rules"])


def test_a_decision_day_brings_the_later_law(xixi) -> None:
    facts = {"aquatic_catch_consent": False}
    answer = _answer(xixi, "2022-05-31", facts=facts, decided_on=dt.date(2022, 8, 1))
    rule = _rule(answer, "xixi-2011")
    assert (rule["outcome"], rule["missing"]) == ("undecided", ["later_law"])
    assert "2022" in rule["explanation"]


@pytest.mark.parametrize(
    "question",
    [
        LawQuestion(math.nan, 30.0, None),
        LawQuestion(200.0, 30.0, None),
        LawQuestion(120.0, 95.0, None),
        LawQuestion(120.0, 30.0, None, ("moonwalk",)),
        LawQuestion(120.0, 30.0, None, uncertainty_m=-1.0),
        LawQuestion(120.0, 30.0, None, uncertainty_m=math.inf),
        LawQuestion(120.0, 30.0, None, position_source="tarot"),
        LawQuestion(120.0, 30.0, None, datum="mars"),
    ],
)
def test_hostile_questions_are_refused_in_words(xixi, question) -> None:
    with pytest.raises(InputError):
        law_at(xixi, question)


def _run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["law", *arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_command_prints_the_promised_keys(capsys) -> None:
    code, out, _ = _run(
        capsys, "at", "--lon", "120.0668", "--lat", "30.2742", "--on", "2024-05-01",
        "--activity", "捕鱼", "--format", "json", "--lang", "en",
    )  # fmt: skip
    assert code == 0
    answer = json.loads(out)
    assert {"zones", "zone_basis", "rules", "not_covered"} <= answer.keys()
    promised = {
        "rule", "article", "regulation", "modality", "outcome", "missing", "fine", "measures",
        "authority", "confidence", "text_seen", "explanation",
    }  # fmt: skip
    assert answer["activity"] == ["fishing"]
    assert answer["rules"]
    assert all(promised <= rule.keys() for rule in answer["rules"])
    assert all({"law", "from", "to"} <= gap.keys() for gap in answer["not_covered"])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("verb", ["rules", "coverage", "words"])
def test_the_lists_print(capsys, verb, lang) -> None:
    code, out, err = _run(capsys, verb, "--lang", lang)
    assert (code, err) == (0, "")
    assert len(out.splitlines()) > 20


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("--lon", "abc", "--lat", "1"), 2, "--lon"),
        (("--lon", "120"), 2, "--lat"),
        (("--lon", "120", "--lat", "30", "--on", "05-01"), 2, "05-01"),
        (("--lon", "120", "--lat", "30", "--on", "2024-02-30"), 2, "2024-02-30"),
        (("--lon", "120", "--lat", "30", "--activity", "fishng"), 1, "fishing"),
        (("--lon", "120", "--lat", "30", "--fact", "nonsense=1"), 1, "nonsense"),
        (("--lon", "120", "--lat", "30", "--fact", "irreversible=maybe"), 1, "irreversible"),
        (("--lon", "120", "--lat", "30", "--site", "../../etc"), 1, "etc"),
        (("--lon", "nan", "--lat", "30"), 1, "nan"),
        (("--lon", "120", "--lat", "30", "--datum", "mars"), 2, "mars"),
    ],
)
def test_hostile_options_end_in_words(capsys, arguments, code, word) -> None:
    got, _, err = _run(capsys, "at", *arguments, "--lang", "en")
    assert got == code
    assert word in err
    assert "Traceback" not in err


def test_everglades_answers_honestly(capsys) -> None:
    code, out, _ = _run(
        capsys, "at", "--site", "everglades", "--lon", "-80.6", "--lat", "25.8",
        "--on", "2024-05-01", "--format", "json",
    )  # fmt: skip
    assert code == 0
    answer = json.loads(out)
    assert (answer["outcome"], answer["rules"]) == ("not_covered", [])
    assert answer["penalty_law"] is None


def test_a_place_far_from_the_site_says_so(xixi) -> None:
    assert _answer(xixi, "2024-05-01", place=(0.0, 0.0))["far_km"] > 1000
    assert _answer(xixi, "2024-05-01")["far_km"] is None


def test_a_decision_before_the_act_is_refused(xixi) -> None:
    with pytest.raises(InputError, match="before the act"):
        _answer(xixi, "2024-05-01", decided_on=dt.date(2024, 4, 30))

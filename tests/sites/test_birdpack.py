"""`birds.yaml` and the tables beside it: what they hold, and every mistake in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from tests.sites.packs import write_pack, write_yaml
from wetland.base.errors import PackError
from wetland.birds.checklist import Checklist
from wetland.birds.checklistread import MOST_SPECIES, species_id
from wetland.birds.species import Species
from wetland.operations.sites import check_site
from wetland.sites.birdpack import read_bird_pack
from wetland.sites.load import open_site, pack_digest

NAME = {"zh": "甲", "en": "a"}
LIST = {"checklist": {"name": NAME, "source": "s"}}
HEADER = "id,scientific_name,name_zh,protection,zones\n"
EGRET = "egretta-garzetta,Egretta garzetta,白鹭,none,park\n"


def write(folder: Path, document: Any = LIST, **tables: str | bytes) -> Path:
    write_pack(folder)
    if document is not None:
        write_yaml(folder / "birds.yaml", document)
    names = {"birds": "birds.csv", "synonyms": "bird-synonyms.csv", "plots": "bird-plots.csv"}
    for key, content in tables.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / names[key]).write_bytes(data)
    return folder


def test_a_pack_needs_none(tmp_path: Path) -> None:
    birds = open_site(write_pack(tmp_path / "a")).birds
    assert (birds.species, birds.plots, birds.statements, birds.seasons) == ((), (), (), {})
    assert len(Checklist.of(birds)) == 0


@pytest.mark.parametrize("words", ["", "# nothing yet\n", "plots: []\n"])
def test_one_that_says_nothing_is_empty(tmp_path: Path, words: str) -> None:
    folder = write_pack(tmp_path / "a")
    (folder / "birds.yaml").write_text(words, encoding="utf-8")
    assert open_site(folder).birds.plots == ()


def test_what_it_holds(tmp_path: Path) -> None:
    document = LIST | {
        "seasons": {"w": {"name": NAME, "months": [11, 12, 1]}}, "season": "w",
        "plots": [{"id": "P", "name": NAME, "lon": 120.01, "lat": 30.01}],
        "statements": [{"year": 2005, "species": 79, "wording": NAME, "source": "s",
                        "confidence": "low", "conflicts": [69, 89]}],
    }  # fmt: skip
    birds = open_site(write(
        tmp_path / "a", document, birds=HEADER + EGRET,
        synonyms="name,id,valid_to\n小白鹭,egretta-garzetta,2020-01-01\n",
        plots="id,name_en,lon,lat\nQ,colony,120.0,30.0\n",
    )).birds  # fmt: skip
    assert birds.species[0].zones == ("park",)
    assert birds.synonyms[0].valid_to is not None
    assert [(p.id, p.name.zh, p.synthetic) for p in birds.plots] == [
        ("P", "甲", False), ("Q", "colony", False),
    ]  # fmt: skip
    assert birds.seasons["w"].measure == "max"
    assert birds.statements[0].conflicts == (69, 89)


CHINESE = (
    "学名,中文名,英文名,国家保护级别,红色名录,水鸟,居留型,出现月份,最大数量,数量波动,敏感级别,代码,"
    "1%标准,1%标准版本,可信度,备注\n"
    'Egretta  garzetta,白鹭,Little Egret,二级,lc,是,留鸟,01-12,"1,200",否,1公里,"le；白",'
    "1000,某版,高,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_in_chinese(tmp_path: Path, encoding: str) -> None:
    folder = write(tmp_path / "a", birds=CHINESE.encode(encoding))
    pack, mistakes = read_bird_pack(folder)
    assert mistakes == []
    assert pack.species == (
        Species(id="egretta-garzetta", scientific_name="Egretta garzetta", name_zh="白鹭",
                name_en="Little Egret", protection="II", red_list="LC", waterbird=True,
                season="resident", present="01-12", most=1200, sensitivity="1km",
                codes=("le", "白"), one_percent=1000, one_percent_edition="某版",
                confidence="high"),
    )  # fmt: skip


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_parted_as_the_header_is(tmp_path: Path, mark: str) -> None:
    rows = mark.join(("学名", "代码", "备注")) + "\n" + mark.join(("Aa bb", '"x;y、z"', "a, b"))
    pack, mistakes = read_bird_pack(write(tmp_path / "a", birds=rows.replace("a, b", '"a, b"')))
    assert mistakes == []
    assert (pack.species[0].codes, pack.species[0].note) == (("x", "y", "z"), "a, b")


def test_an_identifier_comes_from_the_first_name() -> None:
    assert species_id(" Ardea  herodias occidentalis ") == "ardea-herodias-occidentalis"


def test_the_digest_includes_each_file(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "a")
    digests = {pack_digest(folder)}
    for name in ("birds.yaml", "birds.csv", "bird-synonyms.csv", "bird-plots.csv"):
        (folder / name).write_text("# a\n", encoding="utf-8")
        digests.add(pack_digest(folder))
    assert len(digests) == 5


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "a list": ({"document": []}, ("birds.yaml", "keys with values")),
    "unknown key": ({"document": {"plot": []}}, ("birds.yaml", "plot", "unknown key")),
    "species in the yaml": ({"document": {"species": []}}, ("species", "birds.csv")),
    "no such season": ({"document": LIST | {"season": "w"}}, ("season", "no w")),
    "no such month": (
        {"document": {"seasons": {"w": {"name": NAME, "months": [13]}}}},
        ("seasons.w.months.0", "12"),
    ),
    "a month twice": (
        {"document": {"seasons": {"w": {"name": NAME, "months": [1, 1]}}}},
        ("seasons.w.months", "twice"),
    ),
    "half a place": (
        {"document": {"plots": [{"id": "P", "name": NAME, "lon": 120.0}]}},
        ("plots.0", "lon and lat"),
    ),
    "a plot twice": (
        {"document": {"plots": [{"id": "P", "name": NAME}]}, "plots": "id\nP\n"},
        ("plots", "P is written twice"),
    ),
    "no source": (
        {"document": {"statements": [{"year": 2005, "species": 1, "wording": NAME, "source": "",
                                      "confidence": "low"}]}},
        ("statements.0.source", "blank"),
    ),
    "species without an edition": (
        {"document": None, "birds": HEADER + EGRET}, ("birds.yaml", "checklist", "birds.csv"),
    ),
    "unknown column": ({"birds": "id,colour\n"}, ("birds.csv", "row 1", "colour")),
    "a column twice": ({"birds": "id,学名,scientific_name\n"}, ("row 1", "twice")),
    "no name": ({"birds": "id,name_zh\na,白鹭\n"}, ("row 2", "scientific_name", "missing")),
    "no such level": (
        {"birds": HEADER + "a,Aa bb,,III,\n"}, ("row 2: protection", "'I', 'II' or 'none'", "III"),
    ),
    "an id twice": ({"birds": HEADER + EGRET + EGRET}, ("row 3: id", "already in row 2")),
    "a name twice": (
        {"birds": HEADER + EGRET + "b,egretta  GARZETTA,,,\n"},
        ("row 3: scientific_name", "already in row 2"),
    ),
    "a code twice": (
        {"birds": "scientific_name,codes\nAa bb,x\nCc dd,y;X\n"}, ("row 3: codes", "row 2"),
    ),
    "too many cells": ({"birds": "id,scientific_name\na,Aa bb,c\n"}, ("row 2", "3 cells")),
    "no number": ({"birds": "scientific_name,most\nAa bb,many\n"}, ("row 2: most", "many")),
    "no end of number": ({"birds": "scientific_name,most\nAa bb,inf\n"}, ("row 2: most", "inf")),
    "neither yes nor no": (
        {"birds": "scientific_name,waterbird\nAa bb,maybe\n"}, ("row 2: waterbird", "maybe"),
    ),
    "no months": ({"birds": "scientific_name,present\nAa bb,13-02\n"}, ("row 2: present",)),
    "no such zone": (
        {"birds": HEADER + "a,Aa bb,,,park;moon\n"}, ("a: zones", "no zone moon", "park"),
    ),
    "no header": ({"birds": " \n\n"}, ("birds.csv", "no header")),
    "an open quote": ({"birds": HEADER + 'a,"Aa bb\n'}, ("birds.csv", "cannot be parted")),
    "no text": ({"birds": b"\x00\x01\x02" * 50}, ("birds.csv",)),
    "a synonym of nothing": (
        {"birds": HEADER + EGRET, "synonyms": "name,id\nX y,gone\n"},
        ("bird-synonyms.csv", "row 2: id", "gone"),
    ),
    "synonyms alone": ({"synonyms": "name,id\nX y,gone\n"}, ("without birds.csv",)),
    "a synonym twice": (
        {"birds": HEADER + EGRET,
         "synonyms": "name,id\nX y,egretta-garzetta\nx  Y,egretta-garzetta\n"},
        ("row 3: name", "row 2"),
    ),
    "a synonym that is the name": (
        {"birds": HEADER + EGRET, "synonyms": "name,id\nEgretta garzetta,egretta-garzetta\n"},
        ("row 2: name",),
    ),
    "dates the wrong way round": (
        {"birds": HEADER + EGRET,
         "synonyms": "name,id,valid_from,valid_to\nX y,egretta-garzetta,2020-01-01,2020-01-01\n"},
        ("row 2: valid_to", "before"),
    ),
    "no date": (
        {"birds": HEADER + EGRET, "synonyms": "name,id,valid_from\nX y,egretta-garzetta,soon\n"},
        ("row 2: valid_from", "soon"),
    ),
    "a plot nowhere": ({"plots": "id,lon,lat\nP,181,0\n"}, ("bird-plots.csv", "row 2: lon", "180")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named(tmp_path: Path, name: str) -> None:
    given, words = WRONG[name]
    folder = write(tmp_path / "a", **given)
    with pytest.raises(PackError) as caught:
        open_site(folder)
    lines = [m.show("en") for m in caught.value.mistakes]
    assert any(all(w in line for w in words) for line in lines), lines
    assert all(m.what.zh for m in caught.value.mistakes)


def test_all_mistakes_of_all_files_are_listed_at_once(tmp_path: Path, run_cli: Any) -> None:
    folder = write(
        tmp_path / "a", {"season": "w", "seasons": {}} | LIST,
        birds=HEADER + "a,Aa bb,,III,\nb,,,,\n" + EGRET, synonyms="name,id\nX y,gone\n",
        plots="id,lon\nP,120\n",
    )  # fmt: skip
    mistakes = check_site(folder).mistakes
    assert {m.file for m in mistakes} == {
        "birds.yaml", "birds.csv", "bird-synonyms.csv", "bird-plots.csv",
    }  # fmt: skip
    ran = run_cli("site", "check", str(folder), "--lang", "zh")
    assert ran.code == 1
    assert "row 2: protection" in ran.out
    assert "row 3: scientific_name" in ran.out
    pack, _ = read_bird_pack(folder)
    assert [s.id for s in pack.species] == ["egretta-garzetta"]  # the good row is there


def test_a_table_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetland.birds.checklistread.MOST_SPECIES", 3)
    rows = "".join(f"Aa b{c}\n" for c in "vwxyz")
    pack, mistakes = read_bird_pack(write(tmp_path / "a", birds="scientific_name\n" + rows))
    assert MOST_SPECIES == 20_000
    assert len(pack.species) == 3
    assert [m.where for m in mistakes] == ["row 5: -"]


def test_xixi_says_what_is_invented_and_what_was_published() -> None:
    """Only names of the sources, no threshold that nobody read, and the conflict of 2005 told."""
    site = open_site("xixi")
    birds = site.birds
    assert len(birds.species) == 23
    assert birds.checklist is not None
    assert birds.checklist.partial
    levels = {s.id: s.protection for s in birds.species if s.protection}
    assert levels == {
        "ciconia-boyciana": "I", "haliaeetus-albicilla": "I", "aythya-baeri": "I",
        "aix-galericulata": "II", "hydrophasianus-chirurgus": "II",
    }  # fmt: skip
    assert all(s.one_percent is None and s.red_list is None for s in birds.species)
    assert all(s.name_zh and s.name_en and s.source for s in birds.species)
    park = next(z.geometry for z in site.zones if z.kind == "protection")
    for plot in birds.plots:
        assert plot.synthetic
        assert "示例" in plot.name.zh
        assert plot.lon is not None
        assert plot.lat is not None
        assert park.contains(Point(plot.lon, plot.lat)), plot.id
    said = {s.year: (s.species, s.conflicts) for s in birds.statements}
    assert said[2005] == (79, (69, 89))
    assert said[2024] == (224, ())
    assert [said[y][0] for y in sorted(said)] == [79, 126, 158, 181, 180, 213, 218, 224]
    assert all(s.source for s in birds.statements)
    assert birds.season in birds.seasons


@pytest.mark.parametrize(
    ("name", "taxon_id", "how"),
    [
        ("黄苇鳽", "ixobrychus-sinensis", "exact"),
        ("Botaurus sinensis", "ixobrychus-sinensis", "synonym"),
        ("Thinornis placidus", "charadrius-placidus", "synonym"),
        ("Charadrius placidus", "charadrius-placidus", "exact"),
        ("骨顶鸡", "fulica-atra", "synonym"),
    ],
)
def test_names_of_xixi(name: str, taxon_id: str, how: str) -> None:
    found = Checklist.of(open_site("xixi").birds).match(name)
    assert (found.taxon_id, found.how) == (taxon_id, how)


def test_everglades_knows_the_survey_by_its_codes() -> None:
    birds = open_site("everglades").birds
    listed = Checklist.of(birds)
    assert (len(birds.species), len(birds.plots)) == (27, 408)
    assert not any(p.synthetic for p in birds.plots)
    for code, name in (("greg", "Ardea alba"), ("whib", "Eudocimus albus"),
                       ("wost", "Mycteria americana"), ("rosp", "Platalea ajaja")):  # fmt: skip
        found = listed.match(code)
        assert found.taxon_id is not None
        assert listed.species[found.taxon_id].scientific_name == name
    unknown = [listed.match(code).taxon_id for code in ("lada", "smwh", "smhe", "unkn")]
    assert unknown == [None] * 4
    assert all(-82 < (p.lon or 0) < -80 and 25 < (p.lat or 0) < 27 for p in birds.plots)

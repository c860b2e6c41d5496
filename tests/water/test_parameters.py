"""The registry of parameters: names in files, units in headers, mistakes in the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetland.base.errors import PackError
from wetland.water.parameters import load_parameters, parameters
from wetland.water.standards import assessment_on, standard_on

# Names as they stand in Chinese reports, CNEMC tables, the Water Quality Portal and R data sets.
NAMES = {
    "水温": "temp", "水温(℃)": "temp", "Temperature, water": "temp", "ＰＨ": "ph", "pH值": "ph",
    "pH(无量纲)": "ph", "溶解氧": "do", "Dissolved oxygen (DO)": "do", "dox": "do",
    "高锰酸盐指数": "codmn", "CODMn": "codmn", "COD_Mn": "codmn", "化学需氧量": "cod",
    "CODcr": "cod", "五日生化需氧量(BOD5)": "bod5", "BOD₅": "bod5", "氨氮": "nh3n",
    "NH₃-N": "nh3n", "NH4+-N": "nh3n", "氨氮（NH3-N）": "nh3n", "氨氮(以N计)": "nh3n",
    "Ammonia": "nh3n", "总磷": "tp", "总磷(以P计)": "tp", "T-P": "tp", "总磷（湖、库）": "tp",
    "总氮": "tn", "Nitrogen": "tn", "铜": "cu", "锌": "zn", "氟化物": "f", "F-": "f", "硒": "se",
    "砷": "as", "总汞": "hg", "镉": "cd", "六价铬": "cr6", "铬(六价)": "cr6", "Cr6+": "cr6",
    "Cr⁶⁺": "cr6", "铅": "pb", "氰化物": "cn", "挥发酚": "phenol", "石油类": "oil",
    "阴离子表面活性剂": "las", "硫化物": "sulfide", "粪大肠菌群": "fc", "Fecal Coliform": "fc",
    "叶绿素a": "chla", "叶绿素α": "chla", "Chl-a": "chla", "透明度": "sd",
    "Depth, Secchi disk depth": "sd", "电导率": "cond", "浊度": "turb", "悬浮物": "ss",
    "Nitrate": "no3n", "Inorganic nitrogen (nitrate and nitrite) as N": "no23n",
    "藻密度": "algae",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), NAMES.items())
def test_names_of_files_are_found(name: str, code: str) -> None:
    assert parameters().find(name) == code


@pytest.mark.parametrize("name", ["", "水质类别", "station", "总", "xyz", "Chromium", "(mg/L)"])
def test_nothing_is_guessed(name: str) -> None:
    assert parameters().find(name) is None


def test_every_name_leads_back_to_its_parameter() -> None:
    for code, parameter in parameters().items():
        assert {parameters().find(name) for name in parameter.names} == {code}


def test_like_names_are_suggested_and_no_others() -> None:
    assert parameters().suggest("高锰酸钾盐指数")[0] == "codmn"
    assert parameters().suggest("amonia nitrogen")[0] == "nh3n"
    assert parameters().suggest("qqqqqq") == []


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("氨氮(mg/L)", "氨氮", "mg/L"),
        ("氨氮（ｍｇ／Ｌ）", "氨氮", "mg/L"),
        ("氨氮 / (mg/L)", "氨氮", "mg/L"),
        ("总磷(以P计)(mg/L)", "总磷(以P计)", "mg/L"),
        ("总磷(以P计)", "总磷(以P计)", None),
        ("氨氮[μg/L]", "氨氮", "μg/L"),
        ("NH3-N mg/L", "NH3-N", "mg/L"),
        ("TN, umol/L", "TN", "umol/L"),
        ("tp_ug_l", "tp", "ug/l"),
        ("透明度cm", "透明度", "cm"),
        ("铬(六价)", "铬(六价)", None),
        ("铬（六价）（mg/L）", "铬(六价)", "mg/L"),
        ("总磷(湖、库)", "总磷(湖、库)", None),
        ("粪大肠菌群（个/L）", "粪大肠菌群", "个/L"),
        ("flow m3/s", "flow", "m3/s"),
        ("pH(无量纲)", "pH", "无量纲"),
        ("水温(℃)", "水温", "°C"),
        ("cd", "cd", None),
        ("备注", "备注", None),
    ],
)
def test_headers_are_split(header: str, name: str, unit: str | None) -> None:
    assert parameters().split_header(header) == (name, unit)


def test_the_rounding_rule_and_the_heavy_metals() -> None:
    places = {c: parameters()[c].decimals for c in ("ph", "do", "codmn", "nh3n", "tn", "tp", "hg")}
    assert places == {"ph": 0, "do": 1, "codmn": 1, "nh3n": 2, "tn": 2, "tp": 3, "hg": 5}
    heavy = {c for c, p in parameters().items() if p.heavy}
    assert heavy == {"cu", "zn", "as", "hg", "cd", "cr6", "pb", "cn"}
    assert [c for c, p in parameters().items() if not p.multiple] == ["temp", "ph", "do"]


def test_what_the_standard_needs_is_known() -> None:
    for code in (*standard_on().limits, *assessment_on().programme.items):
        assert parameters()[code].plausible[0] < parameters()[code].plausible[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("parameters: {}", "parameters"),
        ("parameters:\n  a: {name: {zh: 甲, en: A}}", "a.symbol"),
        (
            "parameters:\n"
            "  a: {name: {zh: 甲, en: A}, symbol: X, unit: mg/L, direction: max,"
            " plausible: [0, 1]}\n"
            "  b: {name: {zh: 乙, en: B}, symbol: x, unit: mg/L, direction: max,"
            " plausible: [0, 1]}\n",
            "the name x belongs to both a and b",
        ),
    ],
)
def test_mistakes_are_told(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_parameters(file)
    assert said in refused.value.show("en")


@pytest.mark.parametrize(("header", "code", "unit"), [
    ("生化需氧量(BOD5)", "bod5", None),  # a symbol in brackets is no unit
    ("化学需氧量（CODCr）", "cod", None),
    ("生化需氧量(BOD5)(mg/L)", "bod5", "mg/L"),
    ("化学需氧量(CODMn)", None, None),  # name and symbol are of two parameters
    ("氨氮(NO3-N)(mg/L)", None, "mg/L"),
    ("总磷(溶解态)(mg/L)", "tdp", "mg/L"),  # never the total
    ("TP (dissolved)", "tdp", None),
    ("总氮(溶解态)(mg/L)", None, "mg/L"),
    ("铜(可溶性)", None, None),
    ("汞(甲基汞)(mg/L)", None, "mg/L"),
    ("Ammonia (un-ionized) mg/L", None, "mg/L"),
    ("溶解氧(%)", "do_sat", None),
    ("溶解氧(mg/L)", "do", "mg/L"),
    ("铬(VI)", "cr6", None),
    ("铬(mg/L)", None, "mg/L"),
    ("Temperature (F)", "temp", "F"),
])  # fmt: skip
def test_words_in_brackets_never_make_it_another_parameter(
    header: str, code: str | None, unit: str | None
) -> None:
    name, found = parameters().split_header(header)
    assert (parameters().find(name), found) == (code, unit)
    assert parameters().find(header) in {code, None}

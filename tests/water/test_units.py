"""Units of files: what they mean, what is refused, and that decimals survive."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.water.parameters import parameters
from wetland.water.units import conversion, converted, factor_to

N, P = 14.0067, 30.973762

# (parameter, unit, factor): by hand from the SI and the atomic masses (IUPAC).
FACTORS = [
    ("nh3n", "mg/L", 1), ("nh3n", "ＭＧ／Ｌ", 1), ("nh3n", "mg·L-1", 1), ("nh3n", "mg L-1", 1),
    ("nh3n", "毫克/升", 1), ("nh3n", "毫克每升", 1), ("nh3n", "ug/L", 1e-3), ("nh3n", "μg/l", 1e-3),
    ("nh3n", "µg/L", 1e-3), ("nh3n", "mg/m3", 1e-3), ("nh3n", "mg/m³", 1e-3), ("nh3n", "g/m3", 1),
    ("nh3n", "ppm", 1), ("nh3n", "ppb", 1e-3), ("hg", "ng/L", 1e-6), ("tp", "mg/kg", 1),
    ("nh3n", "umol/L", N / 1000), ("nh3n", "mmol/m3", N / 1000), ("tp", "μmol/L", P / 1000),
    ("nh3n", "mg/l as N", 1), ("no3n", "mg/l asNO3", N / 62.0049), ("no3n", "mg/L as NO3",
    N / 62.0049), ("po4p", "mg/L as PO4", P / 94.9714), ("nh3n", "mg/L as NH4", N / 18.0385),
    ("chla", "mg/L", 1000), ("chla", "ug/L", 1), ("chla", "mg/m3", 1),
    ("fc", "个/L", 1), ("fc", "MPN/L", 1), ("fc", "CFU/100mL", 10), ("fc", "cfu/100ml", 10),
    ("fc", "个/毫升", 1000), ("algae", "万个/L", 1e4), ("sd", "cm", 0.01), ("sd", "m", 1),
    ("sd", "ft", 0.3048), ("temp", "℃", 1), ("temp", "deg C", 1), ("temp", "°C", 1),
    ("cond", "uS/cm", 1), ("cond", "μS/cm", 1), ("cond", "mS/m", 10), ("cond", "mS/cm", 1000),
    ("turb", "FNU", 1), ("do_sat", "%", 1), ("ph", "无量纲", 1), ("ph", "std units", 1),
    ("ph", "", 1), ("salinity", "‰", 1), ("flow", "L/s", 1e-3), ("flow", "cfs", 0.3048**3),
    ("flow", "m3/d", 1 / 86400), ("toc", "mmol/L", 12.011), ("orp", "V", 1000),
]  # fmt: skip


@pytest.mark.parametrize(("parameter", "unit", "factor"), FACTORS)
def test_factors(parameter: str, unit: str, factor: float) -> None:
    assert factor_to(parameter, unit) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("parameter", "unit"),
    [("nh3n", "furlong"), ("nh3n", "m"), ("nh3n", ""), ("do", "%"), ("ph", "mg/L"), ("sd", "mg/L"),
     ("cod", "umol/L"), ("tp", "mg/L as N"), ("no3n", "mg/L as PO4"), ("fc", "mg/L"), ("temp", "%"),
     ("nh3n", "mg/"), ("nh3n", "__import__('os')")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_what_is_allowed(parameter: str, unit: str) -> None:
    with pytest.raises(InputError) as refused:
        factor_to(parameter, unit)
    assert parameters()[parameter].name.en in refused.value.show("en")
    assert "allowed: " in refused.value.show("en")
    assert "可用：" in refused.value.show("zh")


def test_fahrenheit_is_no_factor_but_can_be_converted() -> None:
    with pytest.raises(InputError, match="convert first"):
        factor_to("temp", "deg F")
    assert converted(np.array([32.0, 212.0]), "temp", "°F") == pytest.approx([0, 100], abs=1e-12)
    assert converted(np.array([273.15]), "temp", "K") == pytest.approx([0], abs=1e-12)


def test_every_parameter_takes_its_own_unit_and_names_units() -> None:
    for code, parameter in parameters().items():
        assert factor_to(code, parameter.unit) == 1
        with pytest.raises(InputError) as refused:
            factor_to(code, "furlong")
        assert parameter.unit.split("/")[0] in refused.value.show("en").split("allowed: ")[1]


@given(st.integers(0, 10**6), st.sampled_from(["ug/L", "mg/m3", "ng/L"]))
def test_decimals_stay_decimals(number: int, unit: str) -> None:
    meant = Decimal(number) / (10**6 if unit == "ng/L" else 10**3)
    assert converted(np.array([float(number)]), "nh3n", unit)[0] == float(meant)


def test_multiplying_would_not_keep_them() -> None:
    assert 9 * 0.001 != 0.009  # why `converted` divides
    assert conversion("nh3n", "ug/L").divide == 1000
    assert converted(np.array([np.nan]), "nh3n", "ug/L").tolist() == pytest.approx(
        [np.nan], nan_ok=True
    )


@pytest.mark.parametrize(("code", "unit", "factor"), [
    ("nh3n", "mgN/L", 1.0), ("nh3n", "mg-N/L", 1.0), ("no3n", "mg NO3/L", 14.0067 / 62.0049),
    ("tp", "μg P/L", 0.001), ("po4p", "mg PO4/L", 30.973762 / 94.9714), ("doc", "mg C/L", 1.0),
    ("no3n", "µM", 0.0140067), ("cod", "mg O2/L", 1.0), ("do", "mg/L O₂", 1.0),
])  # fmt: skip
def test_forms_within_a_unit(code: str, unit: str, factor: float) -> None:
    assert factor_to(code, unit) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(("code", "unit"), [
    ("cn", "mg/L as N"), ("zn", "mg N/L"), ("codmn", "mg/L N"), ("tp", "mg N/L"),
    ("nh3n", "mg P/L"), ("cod", "mg/L as C"), ("sd", "um"), ("tp", "mg O2/L"),
])  # fmt: skip
def test_a_form_of_another_element_is_refused(code: str, unit: str) -> None:
    with pytest.raises(InputError):
        factor_to(code, unit)


def test_a_unit_without_end_is_refused_at_once() -> None:
    for word in (". " * 50_000, " " * 50_000 + "n", "mg/L" * 20_000):
        with pytest.raises(InputError) as refused:
            factor_to("nh3n", word)
        assert len(refused.value.message.en) < 200

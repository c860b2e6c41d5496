"""What pydantic finds wrong, in both languages."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ValidationError

from wetland.base.mistakes import explain


class _Row(BaseModel):
    protection: Literal["I", "II", "none"]


def test_the_values_allowed_are_listed_in_the_language_of_the_sentence() -> None:
    try:
        _Row.model_validate({"protection": "x"})
    except ValidationError as error:
        (mistake,) = explain(error, file="birds.csv")
    assert mistake.what.zh == "只能是 'I'、'II'、'none'（给出的是 'x'）"
    assert mistake.what.en == "it must be one of 'I', 'II' or 'none' (given: 'x')"

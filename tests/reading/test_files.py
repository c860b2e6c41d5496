"""What a file is refused for, and what its reader then says can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.files import accepting, look_at


def test_a_reader_names_what_it_reads_itself(tmp_path: Path) -> None:
    mine = text("可读取：甲", "can be read: A")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(InputError) as refused, accepting(mine):
        look_at(empty)
    assert refused.value.hint is mine
    other = text("另一句", "another")
    with pytest.raises(InputError) as kept, accepting(mine):
        raise InputError(text("错", "wrong"), hint=other)
    assert kept.value.hint is other

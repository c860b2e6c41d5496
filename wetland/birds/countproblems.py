"""What can be wrong with a count, in words."""

from __future__ import annotations

from typing import NamedTuple

from wetland.base.problems import Level
from wetland.base.texts import Text, text

NOT_A_COUNT = text("不是计数", "not a count")
VAGUE = text(
    "“{w}”没有写明数量，按有而未计数读入；请补写数字，或写 √",
    "'{w}' does not say how many: read as present, not counted; write a number, or √",
)
NOT_WHOLE = text("个体数须为整数", "a count is a whole number")
NEGATIVE = text("个体数不能为负", "a count cannot be negative")
TOO_LARGE = text("个体数不合理，请核对", "the count is not plausible; check it")
A_DATE = text(
    "这里是日期而不是计数：表格软件可能把“3-5”改成了日期，请改成文本",
    "a date, not a count: a spreadsheet may have made it of '3-5'; format the cell as text",
)
NESTS = text("这是巢数，不是个体数", "these are nests, not individuals")
TWO_NUMBERS = text(
    "一格中有两个数，不知取哪一个；相加请写 3+2",
    "two numbers in one cell: which is meant? write 3+2 for a sum",
)
BACKWARDS = text("范围的前一个数大于后一个数", "the range runs backwards")
CROSS = text(
    "“×”可能表示有，也可能表示没有；请写 √ 或 0",
    "'×' may mean seen or not seen; write √ or 0",
)
WRONG_SUM = text("等号两边不相等", "the two sides of the equals sign differ")
NO_VALUE = text("表格公式没有给出数值", "the formula of this cell gives no value")


class CountProblem(NamedTuple):
    """What is wrong with a count; a warning where it was read all the same."""

    code: str
    message: Text
    level: Level = "error"


class NoCountError(ValueError):
    """A cell that is no count: its problem."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.problem = CountProblem(code, message)

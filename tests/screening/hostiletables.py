"""Tables of cells as people, receivers and spreadsheets write them, right and wrong."""

from __future__ import annotations

import csv
import io
import random

PARTS: dict[str, tuple[str, ...]] = {
    "经度": ("120.06", "120.0712345", "30.27", "0", "-120.06", "1.2006e2", "东经120°4′0.5″", "nan",
            "inf", "", "-", "未知", "1,234.5", "500000.1", "abc", "+120.06", " 120.1", "１２０.１",
            "120_1", "1e400", "181", "120.123456789", "120.12345678901", "99999999999999999999"),
    "纬度": ("30.27", "30.2712345", "120.06", "0", "91", "", "--", "北纬30°16′", "N/A", "-0.0"),
    "日期": ("2024-05-01", "2024/5/1", "2024-02-30", "2024-02-29", "2024年5月1日", "5/6/2024", "",
            "2024-05-01T06:30:00Z", "2024-05-01 06:30", "2024-05-01T06:30:00.123+08:00",
            "1989-04-16 02:30:00", "2200-01-01", "2024-05-01 24:00:00", "14:30", "未知",
            "2024-05-01T06:30:00+24:00", "20240501", "2024-05-01 下午2:30", "abc"),
    "时间": ("14:30", "08:05:09", "2024-05-01 06:30", "2024-05-02T01:00:00Z", "2024-05-03", "",
            "25:00", "6:30", "14:30+08:00"),
    "结束时间": ("15:00", "2024-05-01T18:00:00+08:00", "", "x"),
    "行为": ("钓鱼", "捕鸟", "钓鱼;捕鸟", "", "未知", "foo", " 钓鱼 "),
    "精度": ("5", "10.5", "±10m", "0.2 km", "-3", "", "nan", "-0", "1,000", "123456.123456789"),
    "hdop": ("0.9", "1", "", "99.9", "-1", "x", "0"),
    "备注": ("湖边", 'a"b', "back\\slash", "line\nbreak", "", "  ", "UNKNOWN ", "\u2028x", "—",
            "control\x01", "\ufffd", "none of it", " 空 "),
    "编号": ("1", "2", "a", "", "-", " 7 ", "x1", "重复", "\u30005\u3000"),
    "定位方式": ("gps", "照片", "foo", ""),
    "natural_wetland": ("是", "否", "", "abc"),
}  # fmt: skip
ALWAYS = ("经度", "纬度")
SPACES = ("", "", "", " ", "\u3000", "\xa0", "\t")


def hostile_csv(seed: int) -> str:
    """Return a table with a few wrong cells, or with many."""
    chance = random.Random(seed)
    names = [name for name in PARTS if name in ALWAYS or chance.random() < 0.7]
    chance.shuffle(names)
    rate = chance.choice([0.02, 0.2, 0.6])
    rows = [[_cell(chance, name, rate) for name in names] for _ in range(chance.choice([1, 6, 40]))]
    if chance.random() < 0.3:
        rows += [chance.choice(rows) for _ in range(2)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerows([names, *rows])
    return out.getvalue()


def _cell(chance: random.Random, name: str, rate: float) -> str:
    if chance.random() >= rate and name in ALWAYS:
        return f"{(120 if name == '经度' else 30.2) + chance.random() * 0.1:.7f}"
    cell = chance.choice(PARTS[name])
    return chance.choice(SPACES) + cell + chance.choice(SPACES) if chance.random() < 0.2 else cell

"""What is said of a result that has not passed a test (质控检验的说明), by the name of the test."""

from __future__ import annotations

from wetland.base.texts import Text, text

WORDS: dict[str, Text] = {
    "gross_range": text(
        "{name} {value} {unit} 超出天然水体的常见范围 {low}～{high}，请核实；仍参与评价",
        "{name} {value} {unit} is outside of what natural water shows ({low} to {high}): check it; "
        "it counts all the same",
    ),
    "impossible": text(
        "{name} {value} {unit} 不可能出现（只可能在 {low}～{high} 之间），不参与评价",
        "{name} {value} {unit} cannot be (possible: {low} to {high}): it is not used",
    ),
    "unit": text(
        "{name} {value} {unit} 是本站中位数 {median}（{n} 个结果）的 {times} 倍，单位或差千倍",
        "{name} {value} {unit} is {times} times the station's own median {median} ({n} results): "
        "a unit a thousand times off?",
    ),
    "climatology": text(
        "{name} {value} {unit} 远离本站历史：中位数 {median}，可信范围 {low}～{high}（{n} 个结果）",
        "{name} {value} {unit} is far from the station's own results: median {median}, believed "
        "{low} to {high} ({n} results)",
    ),
    "spike": text(
        "{name} {value} {unit} 为尖峰：前 {before}、后 {after}，限差 {limit}",
        "{name} {value} {unit} jumps out and back: {before} before, {after} after, limit {limit}",
    ),
    "rate_of_change": text(
        "{name} {days} 天内由 {before} 变为 {value} {unit}，快于每天 {limit}",
        "{name} went from {before} to {value} {unit} in {days} days: faster than {limit} a day",
    ),
    "flat_line": text(
        "{name} 连续 {run} 个结果都是 {value} {unit}（达到 {limit} 个即存疑）",
        "{name}: {run} results in a row are {value} {unit} ({limit} or more are suspect)",
    ),
    "repeated": text(
        "{name} 同一样品有 {n} 个结果（{low}～{high} {unit}）",
        "{name}: {n} results of the same sample ({low} to {high} {unit})",
    ),
    "parts": text(
        "{part_name} {part} 大于 {whole_name} {whole} {unit}：部分不应大于总量",
        "{part_name} {part} exceeds {whole_name} {whole} {unit}: a part cannot exceed its whole",
    ),
    "blank": text(
        "空白样检出{name} {value} {unit}：采样或分析可能受沾污",
        "a blank holds {name} {value} {unit}: something was contaminated",
    ),
    "blank_of_day": text(
        "{name} {value} {unit} 不到当日空白 {blank} 的 {times} 倍，可能来自沾污",
        "{name} {value} {unit} is less than {times} times the blank {blank} of that day: it may be "
        "contamination",
    ),
    "duplicate": text(
        "{name} 平行样相差过大：{first} 与 {second} {unit}，相对偏差 {percent}%（允许 {most}%）",
        "{name}: parallel results {first} and {second} {unit} differ, relative deviation "
        "{percent} % ({most} % allowed)",
    ),
}

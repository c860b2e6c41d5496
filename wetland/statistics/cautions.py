"""What has to be said beside a summary of values below detection limits, and when there is none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST = {"ros": 3, "mle": 3, "kaplan_meier": 1, "half": 0}  # detected values
SAME = 1e-12  # values that differ by less, relative to the largest, are the same
MUCH = 0.8  # above this share of non-detects no method estimates a mean (Helsel 2012, 6.11)
FEW = 50  # below this maximum likelihood rests on the shape of the law (Helsel 2012, 6.2)


def refusal(x: Floats, c: Bools, method: str) -> Text | None:
    """Return why nothing can be estimated, or None."""
    if not len(x):
        return text("没有可用的数值", "there is no value to use")
    if method in {"half", "kaplan_meier"} and (x[c] < 0).any():
        return text(
            "有检出限低于 0：此方法以 0 为下端，不适用",
            "a limit is below 0: this method counts from 0 upwards",
        )
    if method == "half" or (method == "ros" and not c.any()):
        return None
    if c.all():
        return text(
            "全部 {n} 个数值均未检出：均值低于 {top}，其余无从得知",
            "all {n} values are below their limits: the mean is below {top}, nothing else is known",
        ).fill(n=len(x), top=f"{x.max():g}")
    detected = x[~c]
    different = 1 + int((np.diff(np.sort(detected)) > SAME * np.abs(detected).max()).sum())
    if len(detected) < LEAST[method] or (LEAST[method] > 1 and different < 2):
        return text(
            "检出值只有 {n} 个（不同的 {d} 个），不足以用此方法估计",
            "{n} detected values ({d} different): too few for this method",
        ).fill(n=len(detected), d=different)
    return None


def cautions(x: Floats, c: Bools, method: str, left_out: int) -> tuple[Text, ...]:
    """Return what a reader of a summary has to know."""
    notes = []
    if left_out:
        notes.append(
            text(
                "{n} 个数值缺失或未给出检出限，未参与统计",
                "{n} values left out: missing, or non-detects whose limit is not told",
            ).fill(n=left_out)
        )
    if c.any() and not c.all() and c.mean() > MUCH:
        notes.append(
            text(
                "未检出占 {p}%，任何方法的均值都只供参考",
                "{p} % are non-detects: no method gives more than a hint of the mean",
            ).fill(p=f"{100 * c.mean():.0f}")
        )
    if method == "mle" and len(x) < FEW:
        notes.append(
            text(
                "样本少于 {n} 个，结果取决于所设的分布",
                "fewer than {n} values: the result rests on the shape of the law",
            ).fill(n=FEW)
        )
    beyond = int((x[c] > x[~c].max()).sum()) if c.any() and not c.all() else 0
    if beyond and method != "half":
        notes.append(
            text(
                "{n} 个未检出值的检出限高于全部检出值，不提供信息",
                "{n} non-detects have a limit above every detected value and tell nothing",
            ).fill(n=beyond)
        )
    return tuple(notes)

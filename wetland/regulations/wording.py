"""The fixed words of explanations: outcomes, measures, causes, discretion, modality."""

from __future__ import annotations

from wetland.base.texts import Text, text

OUTCOMES: dict[str, Text] = {
    "broken": text("疑似违反", "suspected broken"),
    "kept": text("未违反", "kept"),
    "undecided": text("待定", "undecided"),
    "not_covered": text("当日法律未录入", "the law of that day is not encoded"),
}
MODALITIES: dict[str, Text] = {
    "prohibition": text("禁止", "prohibition"),
    "obligation": text("应当", "obligation"),
    "permission": text("可以", "permission"),
}
DISCRETION: dict[str, Text] = {
    "may": text("可处", "may be fined"),
    "shall": text("处", "shall be fined"),
    "unknown": text("处罚（可处或应处未见）", "fined (may or shall: not seen)"),
}
MEASURES: dict[str, Text] = {
    "stop": text("责令停止违法行为", "order to stop"),
    "correct": text("责令改正", "order to correct"),
    "correct_by_deadline": text("责令限期改正", "order to correct by a deadline"),
    "restore": text("恢复原状", "restore"),
    "remove": text("拆除或清除", "remove"),
    "leave": text("责令驶离", "order to leave"),
    "educate": text("批评教育", "educate"),
    "warn": text("警告", "warning"),
    "confiscate_gear": text("没收工具", "confiscate the gear"),
    "confiscate_catch": text("没收渔获物或猎获物", "confiscate the catch"),
    "confiscate_goods": text("没收采集物或财物", "confiscate the goods"),
    "confiscate_income": text("没收违法所得", "confiscate the unlawful income"),
    "confiscate_vessel": text("没收船舶", "confiscate the vessel"),
    "confiscate_drone": text("没收无人驾驶航空器", "confiscate the drone"),
    "confiscate_building": text("没收实物", "confiscate the building"),
    "compensate": text("赔偿损失", "compensate the loss"),
    "revoke_licence": text("吊销许可证件", "revoke the licence"),
    "suspend_business": text("责令停产停业", "suspend the business"),
    "close_business": text("责令关闭", "close the business"),
    "recapture": text("限期捕回", "recapture"),
    "make_up_papers": text("补办手续", "make up the papers"),
    "substitute_performance": text("代履行", "performance by others at the party's cost"),
    "detain_police": text("公安机关处罚", "penalty by the police"),
    "disposition_of_officials": text("处分责任人员", "disposition of the officials"),
    "replant": text("补种", "replant"),
}
CAUSES: dict[str, Text] = {
    "zone_not_surveyed": text("区域边界未经测绘", "the zone's edge is not surveyed"),
    "position_uncertain": text("位置不够精确", "the position is not exact enough"),
    "on_boundary": text("位于边界线上", "on the boundary"),
    "position": text("位置未知", "the position is not known"),
    "date": text("日期未知", "the day is not known"),
    "activity": text("行为未知", "the activity is not known"),
    "text_not_seen": text("原文未见", "the text was not seen"),
    "later_law": text("决定之日的法律未见", "the law of the decision day was not seen"),
}
UNITS: dict[str, Text] = {
    "CNY": text("元", "CNY"),
    "CNY/m2": text("元/平方米", "CNY per m2"),
}
EXCEPTION_HOLDS: dict[bool | None, Text] = {
    True: text("成立", "holds"),
    False: text("不成立", "does not hold"),
    None: text("未知", "not known"),
}
WHERE: dict[str, Text] = {
    "inside": text("在内", "inside"),
    "outside": text("在外", "outside"),
    "undetermined": text("不能确定", "not determined"),
}
LATER: dict[str, Text] = {
    "later_milder": text(
        "从轻：适用决定之日的较轻规定（{r}）。", "The milder later law applies ({r})."
    ),
    "no_longer_forbidden": text(
        "决定之日的法律不再认为是违法（{r}）。", "The later law no longer forbids it ({r})."
    ),
    "penalty_undecided": text(
        "新旧法律都不允许，罚则孰轻待定（{r}），两者并列。",
        "Both versions forbid it; whose penalty is milder is undecided ({r}); both are shown.",
    ),
    "undecided": text(
        "新旧法律孰轻待定（{r}），两者并列。",
        "Which law is milder is undecided ({r}); both are shown.",
    ),
}
REASONS: dict[str, Text] = {
    "decided_before_act": text("决定日早于行为日", "the decision day is before the act"),
    "same_version": text("同一版本", "same version"),
    "later_version_not_encoded": text("新版未录入", "the later version is not encoded"),
    "norm_gone": text("新版无此规定", "the later version has no such norm"),
    "later_text_not_seen": text("新版原文未见", "the later text was not seen"),
    "no_longer_forbidden": text("新版下不违反", "kept under the later version"),
    "later_outcome_undecided": text("新版下待定", "undecided under the later version"),
    "range_unknown": text("幅度未知", "a range is not known"),
    "same_range": text("幅度相同", "same range"),
    "both_ends_no_higher": text("新版幅度两端均不高于旧版", "both ends are no higher"),
    "later_is_heavier": text("新版较重", "the later law is heavier"),
    "ranges_cross": text("幅度交叉", "the ranges cross"),
}
OVERLAPS: dict[str, Text] = {
    "single": text("只有一项规定有罚款。", "Only one norm carries a fine."),
    "agreed": text(
        "从其规定与择高处罚结果一致，只罚款一次；责令、没收可并用。",
        "Yielding clause and higher fine agree: one fine; orders and confiscations add up.",
    ),
    "legal_review": text(
        "从其规定与择高处罚结果不一致：并列，须法制审核。",
        "Yielding clause and higher fine disagree: both shown, legal review.",
    ),
    "one_act_or_several": text(
        "其中有不作为的义务：是一个行为还是数个行为，须法制审核。",
        "An omission is among them: one act or several is for legal review.",
    ),
    "undecided": text("应按哪一项罚款待定。", "Which norm's fine goes is undecided."),
}
CONFIDENCE: dict[str, Text] = {
    "high": text("高", "high"),
    "medium": text("中", "medium"),
    "low": text("低", "low"),
}

"""The parameter library: every number that a city may set, its default, its bound, its rule and article (R10.11)."""

from dataclasses import dataclass


class OutOfBounds(ValueError):
    """The value is beyond what the law allows."""


@dataclass(frozen=True)
class Parameter:
    """A parameter. `floor` and `ceiling` come from the law and no administrator can cross them."""

    key: str
    label: str
    default: int
    unit: str
    rule: str
    article: str
    floor: int | None = None
    ceiling: int | None = None

    def check(self, value: int) -> None:
        """Raise OutOfBounds when the law does not allow `value`."""
        if value < 0:
            raise OutOfBounds("数值不能为负。")
        if self.floor is not None and value < self.floor:
            raise OutOfBounds(f"{self.label}不得少于{self.floor}{self.unit}（{self.article}）。")
        if self.ceiling is not None and value > self.ceiling:
            raise OutOfBounds(f"{self.label}不得超过{self.ceiling}{self.unit}（{self.article}）。")

    def bound(self) -> str:
        """Return the bound in words."""
        if self.floor is not None and self.floor == self.ceiling:
            return f"固定为{self.floor}{self.unit}"
        parts = []
        if self.floor is not None:
            parts.append(f"不少于{self.floor}{self.unit}")
        if self.ceiling is not None:
            parts.append(f"不超过{self.ceiling}{self.unit}")
        return "，".join(parts) or "无法定界限"


_HOUSE = "本市工作规则"
LIBRARY: dict[str, Parameter] = {
    p.key: p
    for p in (
        Parameter("consultation.min_days", "公开征求意见期限", 30, "日", "R1.01", "立法法第四十条", floor=30),
        Parameter("consultation.result_days", "公布征求意见结果期限", 15, "个工作日", "R1.02", "立法法第四十条"),
        Parameter("consultation.grace_minutes", "截止前已打开页面的宽限", 30, "分钟", "R1.01", _HOUSE, ceiling=1440),
        Parameter("moderation.appeal_days", "不公开显示的申诉期限", 15, "日", "S11", _HOUSE, floor=5),
        Parameter("reason.min_characters", "处理理由最少字数", 10, "字", "S09", "立法法第四十条", floor=2),
        Parameter("identity.keep_days", "结果公布后手机号保存期限", 365, "日", "S04", "个人信息保护法第十九条", floor=30,
                  ceiling=1095),
        Parameter("light.yellow_days", "黄灯提前天数", 10, "日", "R7.18", _HOUSE),
        Parameter("bill.to_members_days", "法规案提前印发期限", 7, "日", "R2.09", "濮阳市地方立法条例第三十四条", floor=7),
        Parameter("bill.committee_report_months", "委员会提出审议意见期限", 6, "个月", "R2.11",
                  "濮阳市地方立法条例第三十五条", ceiling=6),
        Parameter("bill.shelf_limit_years", "搁置审议期限", 2, "年", "R2.19", "立法法第四十五条", floor=2, ceiling=2),
        Parameter("approval.limit_months", "报请批准期限", 4, "个月", "R2.21", "立法法第八十一条", floor=4, ceiling=4),
        Parameter("publication.text_days", "法规文本公开期限", 5, "个工作日", "R9.02", _HOUSE),
        Parameter("publication.withheld_review_days", "不予公开事项复查期限", 180, "日", "S12", _HOUSE),
    )
}

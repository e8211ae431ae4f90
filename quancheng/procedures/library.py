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
_HENAN = "河南省人大代表建议办理规定"
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
        Parameter("suggestion.answer_months", "代表建议答复期限", 3, "个月", "R7.08", "代表法第五十一条", ceiling=3),
        Parameter("suggestion.complex_months", "涉及面广、处理难度大的代表建议答复期限", 6, "个月", "R7.08",
                  "代表法第五十一条", ceiling=6),
        Parameter("suggestion.assist_months", "协办单位提出意见期限", 2, "个月", "R7.06", _HENAN),
        Parameter("suggestion.objection_wd", "代表建议退办期限", 10, "个工作日", "R7.05", _HENAN),
        Parameter("suggestion.reassign_wd", "代表建议重新交办期限", 10, "个工作日", "R7.05", _HENAN),
        Parameter("suggestion.redo_months", "代表不满意的重新办理期限", 1, "个月", "R7.11", _HENAN),
        Parameter("suggestion.redo_longest_months", "重新办理最长期限", 2, "个月", "R7.11", _HENAN, ceiling=2),
        Parameter("suggestion.deputy_reply_wd", "代表反馈意见期限", 10, "个工作日", "R7.11", _HENAN),
        Parameter("suggestion.report_until", "承办单位报告办理情况的截止日（月日）", 831, "", "R7.14", _HENAN, floor=101,
                  ceiling=1231),
        Parameter("suggestion.contact_wd", "与代表联系沟通的提示期限", 20, "个工作日", "R7.07", "代表法第五十一条"),
        Parameter("motion.min_signatures", "代表议案联名人数", 10, "人", "R0.20", "地方组织法第二十二条", floor=5),
        Parameter("reminder.ahead_days", "到期前催办提醒", 10, "日", "R7.18", _HOUSE, floor=1, ceiling=60),
        Parameter("commitment.quiet_days", "承诺事项多久没有进展即提示", 180, "日", "R7.12", _HOUSE, floor=30),
        Parameter("league.public", "办理情况排名向社会公开（1公开，0不公开）", 0, "", "S14", _HOUSE, ceiling=1),
        Parameter("resident_opinion.pass_on_wd", "群众意见转交期限", 3, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.answer_wd", "群众意见答复期限", 15, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.assist_wd", "群众意见协办期限", 7, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.objection_wd", "群众意见退办期限", 3, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.reassign_wd", "群众意见重新交办期限", 3, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.redo_wd", "群众不满意的重新办理期限", 15, "个工作日", "R7.21", _HOUSE),
        Parameter("resident_opinion.rate_days", "群众测评期限", 30, "日", "R7.21", _HOUSE),
        Parameter("resident_opinion.close_days", "群众意见办结期限", 60, "日", "R7.21", _HOUSE, floor=30, ceiling=60),
        Parameter("station.reception", "站点每周接待次数", 1, "次", "R8.03", _HOUSE),
        Parameter("reception.book_days", "接待日提前预约的天数", 30, "日", "R8.03", _HOUSE, floor=1),
        Parameter("contact.member_days", "常委会组成人员联系代表的间隔", 90, "日", "R8.02", "代表法第四十四条", floor=1),
        Parameter("contact.group_days", "代表联系群众的间隔", 90, "日", "R8.03", "代表法第二十八条", floor=1),
        Parameter("demonstration.review_months", "示范点复查间隔", 12, "个月", "M49", _HOUSE, floor=1),
        Parameter("study.quiz_pass", "学习测验合格比例", 60, "%", "R8.11", _HOUSE, ceiling=100),
        Parameter("points.suggestion", "履职积分：提出建议", 3, "分", "R6.09", _HOUSE),
        Parameter("points.inspection", "履职积分：视察、调研", 3, "分", "R6.09", _HOUSE),
        Parameter("points.reception", "履职积分：接待群众", 2, "分", "R6.09", _HOUSE),
        Parameter("points.absence", "履职积分：无故缺席，每半天扣", 1, "分", "R6.09", _HOUSE),
        Parameter("points.check_in", "履职积分：双报到", 0, "分", "R6.09", _HOUSE),
        Parameter("points.activity", "履职积分：参加活动", 0, "分", "R6.09", _HOUSE),
        Parameter("points.report", "履职积分：向选民述职", 0, "分", "R6.09", _HOUSE),
        Parameter("points.contact", "履职积分：联系群众", 0, "分", "R6.09", _HOUSE),
        Parameter("points.study", "履职积分：学习培训", 0, "分", "R6.09", _HOUSE),
        Parameter("petition.notify_days", "信访告知期限", 15, "日", "R7.33", "信访工作条例第二十三条", ceiling=15),
        Parameter("petition.handle_days", "信访事项办理期限", 60, "日", "R7.36", "信访工作条例第三十四条", ceiling=60),
        Parameter("petition.extend_days", "信访事项延长办理期限", 30, "日", "R7.36", "信访工作条例第三十四条", ceiling=30),
        Parameter("petition.assist_days", "信访事项协办期限", 30, "日", "R7.36", _HOUSE, ceiling=60),
        Parameter("petition.objection_wd", "信访事项异议期限", 5, "个工作日", "R7.33", "信访工作条例第二十三条", ceiling=5),
        Parameter("petition.reassign_wd", "信访事项重新转送期限", 5, "个工作日", "R7.33", _HOUSE),
        Parameter("petition.review_apply_days", "请求复查、复核期限", 30, "日", "R7.37", "信访工作条例第三十五条", floor=30,
                  ceiling=30),
        Parameter("petition.review_answer_days", "复查、复核答复期限", 30, "日", "R7.37", "信访工作条例第三十五条",
                  floor=30, ceiling=30),
        Parameter("sc.meeting_interval_months", "常委会会议间隔", 2, "个月", "R4.03", "地方组织法第五十一条", floor=1, ceiling=2),
        Parameter("sc.notice_days", "常委会会议通知提前天数", 7, "日", "R4.04", _HOUSE),
        Parameter("congress.notice_days", "人民代表大会会议通知提前天数", 30, "日", "R4.04", _HOUSE),
        Parameter("paper.members_days", "会议材料提前印发天数", 7, "日", "R4.05", _HOUSE),
        Parameter("paper.bill_days", "议案和法规案提前印发天数", 10, "日", "R4.05", _HOUSE),
        Parameter("speech.plenary_minutes", "全体会议、联组会议发言时间", 10, "分钟", "R4.13", _HOUSE, floor=1, ceiling=120),
        Parameter("speech.group_first_minutes", "分组会议第一次发言时间", 15, "分钟", "R4.13", _HOUSE, floor=1, ceiling=120),
        Parameter("speech.group_again_minutes", "分组会议再次发言时间", 10, "分钟", "R4.13", _HOUSE, floor=1, ceiling=120),
        Parameter("motion.sc_signatures_city", "设区的市常委会组成人员联名提案人数", 5, "人", "R0.21", "地方组织法第五十二条",
                  floor=5, ceiling=5),
        Parameter("motion.sc_signatures_county", "县级常委会组成人员联名提案人数", 3, "人", "R0.21", "地方组织法第五十二条",
                  floor=3, ceiling=3),
        Parameter("motion.township_signatures", "乡镇人大代表议案联名人数", 5, "人", "R0.20", "地方组织法第二十二条", floor=5,
                  ceiling=5),
        Parameter("interpellation.signatures", "质询案联名代表人数", 10, "人", "R0.22", "地方组织法第二十四条", floor=10,
                  ceiling=10),
        Parameter("observer.seats_sc", "常委会会议旁听席位", 6, "个", "R4.11", _HOUSE, floor=1, ceiling=200),
        Parameter("observer.seats_congress", "人民代表大会会议旁听席位", 15, "个", "R4.11", _HOUSE, floor=1, ceiling=500),
        Parameter("observer.notice_days_sc", "常委会会议旁听公告提前天数", 7, "日", "R4.11", _HOUSE),
        Parameter("observer.notice_days_congress", "人民代表大会会议旁听公告提前天数", 15, "日", "R4.11", _HOUSE),
        Parameter("meeting_remark.answer_wd", "会议书面意见答复期限", 20, "个工作日", "M42", _HOUSE, floor=1),
        Parameter("meeting_remark.assist_wd", "会议书面意见协办期限", 10, "个工作日", "M42", _HOUSE, floor=1),
        Parameter("meeting_remark.objection_wd", "会议书面意见退办期限", 3, "个工作日", "M42", _HOUSE),
        Parameter("meeting_remark.reassign_wd", "会议书面意见重新交办期限", 3, "个工作日", "M42", _HOUSE),
        Parameter("council.meeting_months", "街道议政会会议间隔", 12, "个月", "R4.20", _HOUSE, floor=1, ceiling=12),
        Parameter("project.call_days", "民生实事征集时间", 30, "日", "R7.50", _HOUSE, floor=1),
        Parameter("project.differential_floor", "民生实事候选项目差额下限", 10, "%", "R7.52", _HOUSE, floor=1),
        Parameter("project.differential_ceiling", "民生实事候选项目差额上限", 30, "%", "R7.52", _HOUSE, ceiling=100),
        Parameter("project.view_wd", "单位论证意见期限", 10, "个工作日", "R7.51", _HOUSE),
        Parameter("project.answer_wd", "回答代表提问期限", 5, "个工作日", "R7.53", _HOUSE),
        Parameter("project.task_months", "公布任务清单期限", 1, "个月", "R7.55", _HOUSE, floor=1),
        Parameter("project.report_days", "季度结束后公布进展期限", 15, "日", "R7.55", _HOUSE, floor=1),
        Parameter("publication.text_days", "法规文本公开期限", 5, "个工作日", "R9.02", _HOUSE),
        Parameter("publication.withheld_review_days", "不予公开事项复查期限", 180, "日", "S12", _HOUSE),
    )
}

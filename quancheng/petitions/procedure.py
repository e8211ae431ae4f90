"""信访 as a declared procedure (rulebook B.12). Accusations have no case and so no state here (S02)."""

from quancheng.procedures import declare
from quancheng.procedures.declare import Procedure, State, Step, register

_LAW = "信访工作条例"
_OPEN = ("registered", "informed", "suggestion", "claim")

PETITION = register(
    Procedure(
        key="petition",
        version=1,
        label="信访事项",
        prefix="濮人信",
        opening="收到，登记编号",
        start="registered",
        states={
            "registered": State("已登记"),
            "informed": State("已告知"),
            "suggestion": State("建议意见类"),
            "claim": State("申诉求决类"),
            "accepted": State("已受理"),
            "handling": State("办理中"),
            "concluded": State("已出具处理意见"),
            "review": State("复查中"),
            "reviewed": State("已出具复查意见"),
            "re_examination": State("复核中"),
            "final": State("已办结", final=True),
            "forwarded": State("已按规定转送有权处理的机关", final=True),
            "not_competent": State("不属于本机关受理，已告知", final=True),
        },
        steps=(
            Step("inform", "告知", ("registered",), "informed", "petition.handle", f"{_LAW}第二十三条"),  # R7.33
            Step("classify_claim", "归为申诉求决类", ("informed",), "claim", "petition.handle", f"{_LAW}第三十一条"),
            Step("classify_suggestion", "归为建议意见类", ("informed",), "suggestion", "petition.handle",
                 f"{_LAW}第二十九条"),  # R7.35
            Step("accept", "受理", ("claim", "suggestion"), "accepted", "petition.handle", f"{_LAW}第二十三条"),
            Step("assign", "转送承办单位", ("accepted",), "handling", "petition.assign", f"{_LAW}第二十三条",
                 clocks=("pass_on",)),
            Step("conclude", "出具处理意见", ("accepted",), "concluded", "petition.conclude", f"{_LAW}第三十一条"),
            Step("answer", "出具处理意见", ("handling",), "concluded", "handling.sign", f"{_LAW}第三十四条",
                 clocks=("answer:", "pass_on")),  # R7.36
            Step("lapse", "期满未请求复查、复核，办结", ("concluded", "reviewed"), "final", "petition.ask",
                 f"{_LAW}第三十五条"),
            Step("apply_review", "请求复查", ("concluded",), "review", "petition.ask", f"{_LAW}第三十五条"),  # R7.37
            Step("decide_review", "出具复查意见", ("review",), "reviewed", "petition.review", f"{_LAW}第三十五条"),
            Step("apply_re_examination", "请求复核", ("reviewed",), "re_examination", "petition.ask",
                 f"{_LAW}第三十六条"),
            Step("decide_re_examination", "出具复核意见，信访终结", ("re_examination",), "final", "petition.review",
                 f"{_LAW}第三十六条"),
            Step("forward", "转送有权处理的机关", (*_OPEN, "accepted", "handling"), "forwarded", "petition.handle",
                 f"{_LAW}第二十三条"),
            Step("not_competent", "告知向有权处理的机关提出", _OPEN, "not_competent", "petition.handle",
                 f"{_LAW}第二十三条"),
            Step("withdraw", "信访人撤回", (*_OPEN, "accepted", "handling"), "final", "petition.ask",
                 f"{_LAW}第二十条"),
        ),
    )
)  # fmt: skip

declare.name_events(
    {
        "petition.added": "收到补充材料",
        "petition.delivered": "处理意见送达",
        "petition.graded": "信访人评价",
        "petition.hearing": "听证",
        "petition.noted": "登记复查、复核机关",
        "petition.lead": "转为监督线索",
        "petition.opened": "查看信访人身份",
    }
)

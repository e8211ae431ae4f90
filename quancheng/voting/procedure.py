"""表决 as a declared procedure (rulebook B.12 `ballot`)."""

from quancheng.procedures.declare import Procedure, State, Step, register

_ORGANS = "地方组织法"

BALLOT = register(
    Procedure(
        key="ballot",
        version=1,
        label="表决",
        prefix="濮人票",
        start="prepared",
        states={
            "prepared": State("准备中"),
            "issued": State("表决进行中"),
            "closed": State("表决已截止，待计票"),
            "counted": State("已计票，待复核"),
            "double_checked": State("已复核，待宣布"),
            "announced": State("已宣布结果"),
            "sealed": State("已封存", final=True),
            "void": State("作废，重新表决", final=True),
        },
        steps=(
            Step("issue", "开始表决", ("prepared",), "issued", "vote.run", f"{_ORGANS}第十四条"),  # R4.02 quorum first
            Step("close", "截止表决", ("issued",), "closed", "vote.run"),
            Step("count", "计票", ("closed",), "counted", "vote.run", "选举法第四十三条"),  # R5.18
            Step("check", "复核一致", ("counted",), "double_checked", "vote.run", "选举法第四十三条"),
            Step("announce", "当场宣布结果", ("double_checked",), "announced", "vote.announce"),  # R4.16
            Step("seal", "封存选票和计票材料", ("announced",), "sealed", "vote.announce"),
            Step("recount", "重新计票", ("counted",), "closed", "vote.run", note_required=True),
            Step("annul", "宣布作废", ("prepared", "issued", "closed", "counted"), "void", "vote.announce",
                 "选举法第四十四条", note_required=True),  # R5.19
        ),
    )
)  # fmt: skip

POLL = register(
    Procedure(
        key="poll",
        version=1,
        label="网上参考性意见",
        prefix="濮人询",
        start="open",
        states={"open": State("正在征询"), "closed": State("已截止，结果已公开", final=True)},
        steps=(Step("close", "到期截止，公开结果", ("open",), "closed", "poll.answer"),),
    )
)

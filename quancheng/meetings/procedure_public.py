"""旁听, 会议意见 and 街道议政会 as declared procedures."""

from quancheng.procedures import declare
from quancheng.procedures.declare import Procedure, State, Step, register

_HOUSE = "本市工作规则"
_STREET = "街道议政会工作规则"

declare.name_events(
    {
        "observer.list_fixed": "固定抽签名单", "observer.moved_up": "候补递补", "observer.removed": "请旁听人员离场",
        "council.member_seated": "推选议政代表", "council.member_left": "议政代表离任", "council.met": "举行议政会",
        "remark.released": "公开意见和答复", "remark.withheld": "不公开意见和答复",
    }
)  # fmt: skip

OBSERVATION = register(
    Procedure(
        key="observation",
        version=1,
        label="公民旁听",
        prefix="濮人旁",
        opening="公布旁听公告，同时公布抽签种子的承诺",
        start="announced",
        states={
            "announced": State("接受申请"),
            "fixed": State("名单已固定，待抽签"),
            "drawn": State("已抽签"),
            "ended": State("会议已结束", final=True),
            "cancelled": State("已取消", final=True),
        },
        steps=(
            Step("fix", "申请截止，固定名单并公布摘要", ("announced",), "fixed", "observer.manage", _HOUSE),  # S18
            Step("draw", "公开抽签", ("fixed",), "drawn", "observer.manage", _HOUSE),
            Step("end", "会议结束", ("drawn",), "ended", "observer.manage", _HOUSE),
            Step("cancel", "取消旁听", ("announced", "fixed"), "cancelled", "observer.manage", _HOUSE, note_required=True),
        ),
    )
)

MEETING_REMARK = register(
    Procedure(
        key="meeting_remark",
        version=1,
        label="会议意见",
        prefix="濮人会意",
        opening="收到书面意见，登记编号",
        start="received",
        states={
            "received": State("已登记"),
            "assigned": State("办理中"),
            "answered": State("已书面答复", final=True),
        },
        steps=(
            Step("assign", "交办", ("received",), "assigned", "remark.manage", _HOUSE, clocks=("answer",)),
            Step("answer", "书面答复", ("assigned",), "answered", "handling.sign", _HOUSE, clocks=("answer:",)),
            Step("reply", "书面答复", ("received",), "answered", "remark.manage", _HOUSE, clocks=("answer",)),
        ),
    )
)

STREET_COUNCIL = register(
    Procedure(
        key="street_council",
        version=1,
        label="街道议政会",
        prefix="濮街议",
        opening="成立议政会",
        start="serving",
        states={"serving": State("任期内"), "ended": State("任期届满", final=True)},
        steps=(Step("end", "任期届满", ("serving",), "ended", "council.manage", _STREET, clocks=("term",)),),
    )
)

"""会议 as a declared procedure."""

from quancheng.procedures.declare import Procedure, State, Step, register

_ORGANS = "地方组织法"

MEETING = register(
    Procedure(
        key="meeting",
        version=1,
        label="会议",
        prefix="濮人会",
        start="planned",
        states={
            "planned": State("筹备中"),
            "called": State("已通知"),
            "open": State("正在举行"),
            "closed": State("已闭会"),
            "minuted": State("记录已签署"),
            "archived": State("已归档", final=True),
            "cancelled": State("已取消", final=True),
        },
        steps=(
            Step("call", "发出会议通知", ("planned",), "called", "meeting.prepare", f"{_ORGANS}第十四条"),
            Step("open", "宣布开会", ("called",), "open", "meeting.run", f"{_ORGANS}第十四条"),
            Step("close", "宣布闭会", ("open",), "closed", "meeting.run"),
            Step("sign_minutes", "签署会议记录", ("closed",), "minuted", "meeting.lead"),
            Step("archive", "归档", ("minuted",), "archived", "meeting.prepare"),
            Step("cancel", "取消", ("planned", "called"), "cancelled", "meeting.lead", note_required=True),
        ),
    )
)

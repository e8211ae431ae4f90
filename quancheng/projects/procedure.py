"""民生实事: the yearly call and each project, as declared procedures (rulebook B.12, R7.50–R7.57)."""

from quancheng.procedures import declare
from quancheng.procedures.declare import Procedure, State, Step, register

_LOCAL = "民生实事票决制办法"  # no national law (rulebook B.7, E8)
_BUDGET = "预算法第四十六条"
_OPEN = ("proposed", "screened", "candidate")
_DOING = ("in_progress", "changed", "carried_over")
RATED = ("completed", "adopted", "tasked", *_DOING)  # what the deputies rate at the end of a year, finished or not

CALL = register(
    Procedure(
        key="project_call",
        version=1,
        label="民生实事征集票决",
        prefix="濮人实集",
        opening="发出征集公告",
        start="announced",
        states={
            "announced": State("征集中"),
            "collected": State("征集结束，正在筛选"),
            "listed": State("候选项目已确定，待票决"),
            "decided": State("已票决，正在实施"),
            "rated": State("已测评", final=True),
        },
        steps=(
            Step("collect", "征集截止", ("announced",), "collected", "project.manage", _LOCAL, clocks=("window",)),  # R7.50
            Step("list", "确定候选项目", ("collected",), "listed", "project.manage", _LOCAL),  # R7.52
            Step("decide", "代表票决", ("listed",), "decided", "project.manage", _LOCAL),  # R7.53
            Step("rate", "代表测评", ("decided",), "rated", "project.manage", _LOCAL),  # R7.57
            Step("unlist", "退回重新研究候选项目", ("listed",), "collected", "project.manage", _LOCAL, note_required=True),
        ),
    )
)

PROJECT = register(
    Procedure(
        key="livelihood_project",
        version=1,
        label="民生实事",
        prefix="濮人实",
        opening="提出",
        start="proposed",
        states={
            "proposed": State("已收到，等待研究"),
            "screened": State("已列入筛选论证"),
            "candidate": State("已列为候选"),
            "balloted": State("已提请大会票决"),
            "adopted": State("票决通过"),
            "tasked": State("已分解任务"),
            "in_progress": State("正在实施"),
            "changed": State("依法变更，继续实施"),
            "completed": State("已完成，待测评"),
            "evaluated": State("已测评"),
            "carried_over": State("转入下一年度继续办理"),
            "closed": State("已办结", final=True),
            "merged": State("已并入同类建议"),
            "dropped": State("未列入"),
        },
        steps=(
            Step("screen", "列入筛选论证", ("proposed",), "screened", "project.manage", _LOCAL, ahead="研究是否列入"),
            Step("list", "列为候选项目", ("screened",), "candidate", "project.manage", _LOCAL),  # R7.52
            Step("put", "提请大会票决", ("candidate",), "balloted", "project.manage", _LOCAL),
            Step("adopt", "票决通过", ("balloted",), "adopted", "project.manage", _LOCAL, ahead="人大代表票决"),  # R7.53
            Step("task", "公布任务清单", ("adopted",), "tasked", "project.carry_out", _LOCAL, clocks=("task",)),  # R7.55
            Step("start", "开始实施", ("tasked",), "in_progress", "project.carry_out", _LOCAL,
                 clocks=("progress:",)),
            Step("complete", "报告完成", _DOING, "completed", "project.carry_out", _LOCAL, clocks=("progress:",)),
            Step("evaluate", "代表测评", RATED, "evaluated", "project.manage", _LOCAL),  # R7.57
            Step("close", "办结", ("evaluated",), "closed", "project.manage", _LOCAL, ahead="办结，或者转入下一年度"),
            Step("carry", "转入下一年度继续办理", ("evaluated",), "carried_over", "project.manage", _LOCAL, note_required=True),
            Step("change", "常委会决定变更", ("tasked", *_DOING), "changed", "project.manage", _BUDGET, note_required=True),
            Step("stop", "常委会决定停止实施", ("tasked", *_DOING), "dropped", "project.manage", _BUDGET, note_required=True),
            Step("merge", "并入同类建议", ("proposed", "screened"), "merged", "project.manage", _LOCAL, note_required=True),
            Step("drop", "未列入", _OPEN, "dropped", "project.manage", _LOCAL, note_required=True),
            Step("lose", "票决未通过", ("balloted",), "dropped", "project.manage", _LOCAL, note_required=True),
            Step("unput", "退回候选", ("balloted",), "candidate", "project.manage", _LOCAL, note_required=True),
            Step("unlist", "退回筛选论证", ("candidate",), "screened", "project.manage", _LOCAL, note_required=True),
            Step("reconsider", "重新研究", ("merged", "dropped"), "proposed", "project.manage", _LOCAL, note_required=True),
        ),
    )
)  # fmt: skip

GOVERNMENT_STEPS = frozenset(step.ahead or step.label for step in PROJECT.steps if step.permission == "project.carry_out")
ENDED = ("merged", "dropped", "closed")  # where nothing comes next by itself
DOING = ("adopted", "tasked", *_DOING)  # decided by the congress and not finished
UNDER_WAY = ("tasked", *_DOING)  # tasks are published and progress is reported
DONE = ("completed", "evaluated", "closed")

declare.name_events(
    {
        "project.joined": "并入一条同类建议",
        "project.viewed": "承办单位提出论证意见",
        "project.asked": "征求单位意见",
        "project.reviewed": "主任会议审议候选项目",
        "project.questioned": "代表提问",
        "project.answered": "回答代表提问",
        "project.reached": "完成一个节点",
        "project.reported": "公布季度进展",
        "project.inspected": "代表跟踪检查",
        "project.applied": "政府提请变更",
        "project.refused": "常委会没有同意变更",
        "project.heard": "常委会年中听取汇报",
        "project.hidden": "依规定不公开显示",
        "project.shown": "恢复公开显示",
        "project.erased": "按本人申请删除文字",
        "project.polled": "居民参考性意向",
        "project.follow": "确定跟踪代表",
    }
)

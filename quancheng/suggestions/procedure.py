"""代表建议 and 代表议案 as declared procedures (rulebook B.12, R7.01–R7.12)."""

from quancheng.procedures.declare import Procedure, State, Step, register

_DEPUTIES = "代表法第五十一条"
_HENAN = "河南省人大代表建议办理规定"
_ORGANS = "地方组织法第二十二条"

SUGGESTION = register(
    Procedure(
        key="suggestion",
        version=1,
        label="代表建议",
        prefix="濮人建",
        opening="代表起草",
        start="draft",
        states={
            "draft": State("草稿"),
            "submitted": State("已提交"),
            "checked": State("已审核"),
            "assigned": State("已交办"),
            "contacting": State("办理中，已与代表沟通"),
            "answered": State("已答复，待测评"),
            "rated": State("已测评"),
            "tracking": State("承诺事项跟踪落实"),
            "returned": State("退回修改"),
            "redo": State("重新办理中"),
            "answered_again": State("已再次答复，待测评"),
            "assessing": State("评估中"),
            "closed": State("已办结", final=True),
            "withdrawn": State("已撤回", final=True),
        },
        steps=(
            Step("submit", "提交", ("draft", "returned"), "submitted", "suggestion.write", "代表法第二十四条"),
            Step("enter", "代为录入纸质建议", ("draft",), "submitted", "suggestion.import", _HENAN),
            Step("check", "审核通过", ("submitted",), "checked", "suggestion.check", _HENAN),  # R7.02
            Step("assign", "交办", ("checked",), "assigned", "suggestion.assign", "地方组织法第四十二条"),  # R7.04
            Step("contact", "与代表沟通", ("assigned",), "contacting", "handling.answer", _DEPUTIES, clocks=("answer:",)),  # R7.07
            Step("answer", "答复", ("contacting", "assigned"), "answered", "handling.sign", _DEPUTIES,
                 clocks=("answer:",)),  # R7.08, R7.09
            Step("satisfied", "测评：满意", ("answered",), "rated", "suggestion.rate", _HENAN, ahead="测评", clocks=("rate",)),  # R7.11
            Step("close", "办结", ("tracking", "rated"), "closed", "handling.rate", _HENAN),  # follows by itself
            Step("track", "转入跟踪落实", ("rated",), "tracking", "handling.rate", _HENAN),  # R7.12: follows by itself
            Step("return", "退回修改", ("submitted",), "returned", "suggestion.check", _HENAN, note_required=True),
            Step("dissatisfied", "测评：不满意", ("answered",), "redo", "suggestion.rate", _HENAN, note_required=True),
            Step("answer_again", "再次答复", ("redo",), "answered_again", "handling.sign", _HENAN, clocks=("redo:",)),
            Step("satisfied_again", "测评：满意", ("answered_again",), "rated", "suggestion.rate", _HENAN,
                 ahead="测评", clocks=("rate",)),
            Step("dissatisfied_again", "测评：仍不满意", ("answered_again",), "assessing", "suggestion.rate", _HENAN,
                 note_required=True),
            Step("assess", "评估结论", ("assessing",), "rated", "suggestion.assign", _HENAN, note_required=True),
            Step("lapse", "逾期未测评", ("answered", "answered_again"), "rated", "handling.rate", _HENAN),
            Step("lapse_dissatisfied", "逾期未全部测评，按已测评的重新办理", ("answered",), "redo", "handling.rate", _HENAN),
            Step("withdraw", "撤回", ("draft", "submitted", "returned", "checked", "assigned", "contacting"), "withdrawn",
                 "suggestion.write", _HENAN),
        ),
    )
)  # fmt: skip

MOTION = register(
    Procedure(
        key="motion",
        version=1,
        label="代表议案",
        prefix="濮人议",
        opening="代表起草",
        start="draft",
        states={
            "draft": State("草稿"),
            "submitted": State("已提交"),
            "filed": State("已作为议案提交大会", final=True),
            "rejected": State("不作为议案处理"),
            "became_suggestion": State("经代表同意转为建议", final=True),
            "closed": State("已结束", final=True),
            "withdrawn": State("已撤回", final=True),
        },
        steps=(
            Step("submit", "提交", ("draft",), "submitted", "suggestion.write", _ORGANS),  # R0.20
            Step("file", "作为议案提交大会", ("submitted",), "filed", "suggestion.check", _ORGANS),
            Step("reject", "不作为议案处理", ("submitted",), "rejected", "suggestion.check", _ORGANS, note_required=True),
            Step("become_suggestion", "同意转为建议", ("rejected",), "became_suggestion", "suggestion.write", _ORGANS),
            Step("close", "不转为建议，结束", ("rejected",), "closed", "suggestion.write", _ORGANS),
            Step("withdraw", "撤回", ("draft", "submitted"), "withdrawn", "suggestion.write", _ORGANS),
        ),
    )
)

"""群众意见 as a declared procedure (R7.20–R7.22). A deputy's only step is to pass it on: none lets him instruct."""

from quancheng.procedures.declare import Procedure, State, Step, register

_HOUSE = "本市工作规则"

RESIDENT_OPINION = register(
    Procedure(
        key="resident_opinion",
        version=1,
        label="群众意见",
        prefix="濮人群",
        opening="收到，登记编号",
        start="registered",
        states={
            "registered": State("已登记"),
            "passed_on": State("已转交"),
            "assigned": State("办理中"),
            "answered": State("已答复，待测评"),
            "redo": State("重新办理中"),
            "answered_again": State("已再次答复，待测评"),
            "assessing": State("评估中"),
            "closed": State("已办结", final=True),
            "handed_over": State("已转其他途径", final=True),
        },
        steps=(
            Step("forward", "转交", ("registered",), "passed_on", "matter.forward", "代表法第三十一条",
                 clocks=("pass_on",)),  # R7.20
            Step("assign", "交办", ("registered", "passed_on"), "assigned", "handling.assign", _HOUSE, clocks=("pass_on",)),
            Step("answer", "答复", ("assigned",), "answered", "handling.sign", _HOUSE, clocks=("answer:", "close")),
            Step("satisfied", "测评：满意", ("answered",), "closed", "handling.rate", _HOUSE, ahead="测评",
                 clocks=("rate",)),
            Step("dissatisfied", "测评：不满意", ("answered",), "redo", "handling.rate", _HOUSE, note_required=True),
            Step("answer_again", "再次答复", ("redo",), "answered_again", "handling.sign", _HOUSE, clocks=("redo:", "close")),
            Step("satisfied_again", "测评：满意", ("answered_again",), "closed", "handling.rate", _HOUSE,
                 ahead="测评", clocks=("rate",)),
            Step("dissatisfied_again", "测评：仍不满意", ("answered_again",), "assessing", "handling.rate", _HOUSE,
                 note_required=True),
            Step("assess", "评估结论", ("assessing",), "closed", "handling.assign", _HOUSE, note_required=True),
            Step("lapse", "逾期未测评，办结", ("answered", "answered_again"), "closed", "handling.rate", _HOUSE),
            Step("hand_over", "转其他途径", ("registered", "passed_on", "assigned"), "handed_over", "matter.hand_over",
                 "信访工作条例第二十二条", note_required=True),  # R7.22
        ),
    )
)  # fmt: skip

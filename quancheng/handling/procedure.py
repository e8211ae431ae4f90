"""办理情况报告: a unit's yearly report as a declared procedure (R7.14)."""

from quancheng.procedures.declare import Procedure, State, Step, register

_HENAN = "河南省人大代表建议办理规定"

UNIT_REPORT = register(
    Procedure(
        key="unit_report",
        version=1,
        label="办理情况报告",
        prefix="濮人办报",
        start="due",
        states={
            "due": State("待报告"),
            "submitted": State("已报送"),
            "accepted": State("已收下", final=True),
        },
        steps=(
            Step("submit", "报送", ("due",), "submitted", "handling.sign", "代表法第五十一条"),
            Step("accept", "收下", ("submitted",), "accepted", "handling.supervise", _HENAN),
            Step("return", "退回补充", ("submitted",), "due", "handling.supervise", _HENAN, note_required=True),
        ),
    )
)

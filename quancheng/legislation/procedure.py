"""法规案 as far as this release carries it: from submission through public consultation to the revised draft."""

from quancheng.procedures.declare import Procedure, State, Step, register

REGULATION_BILL = register(
    Procedure(
        key="regulation_bill",
        version=1,
        label="法规案",
        prefix="濮人法案",
        start="submitted",
        states={
            "submitted": State("已提出"),
            "first_reading": State("初次审议"),
            "consulted": State("已公开征求意见"),
            "revised": State("已修改", final=True),
            "withdrawn": State("已撤回", final=True),
        },
        steps=(
            Step("put_on_agenda", "列入常委会会议议程", ("submitted",), "first_reading", "bill.open",
                 "立法法第五十八条"),  # R2.08
            Step("consult", "公布草案征求意见", ("first_reading",), "consulted", "consultation.open",
                 "立法法第四十条"),  # R1.01
            Step("revise", "提出草案修改稿", ("consulted",), "revised", "bill.open",
                 "濮阳市地方立法条例第四十一条"),  # R2.14
            Step("withdraw", "撤回", ("submitted", "first_reading"), "withdrawn", "bill.open",
                 "濮阳市地方立法条例第三十三条", note_required=True),  # R2.18
        ),
    )
)

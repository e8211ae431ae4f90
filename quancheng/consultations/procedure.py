"""征求意见 as a declared procedure (rulebook B.12)."""

from quancheng.procedures.declare import Procedure, State, Step, register

CONSULTATION = register(
    Procedure(
        key="consultation",
        version=1,
        label="征求意见",
        prefix="濮人征",
        start="draft",
        states={
            "draft": State("待开始"),
            "open": State("正在征求意见"),
            "closed": State("已截止"),
            "sorted": State("意见已梳理"),
            "decided": State("意见已逐条研究"),
            "replied": State("已答复"),
            "result_published": State("结果已公布", final=True),
        },
        steps=(
            Step("open", "开始征求意见", ("draft",), "open", "consultation.open", "立法法第四十条"),  # R1.01
            Step("close", "截止", ("open",), "closed", "consultation.move", "立法法第四十条"),
            Step("sort", "完成梳理归并", ("closed",), "sorted", "consultation.move", "本市工作规则"),
            Step("decide", "完成逐条研究", ("sorted",), "decided", "consultation.move", "立法法第四十条"),  # S09
            Step("reply", "答复提出意见的人", ("decided",), "replied", "consultation.move", "立法法第四十条"),
            Step("publish", "公布结果", ("replied",), "result_published", "report.release", "立法法第四十条"),  # R1.02
        ),
    )
)

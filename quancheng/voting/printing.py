"""表决票和计票单 as PDF: what is put into people's hands, with the rules printed on it (R5.15, R5.19)."""

from quancheng.kernel import typeset
from quancheng.voting.models import Question, Vote

_PAGE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 22mm)
#set text(lang: "zh", region: "cn", size: 13pt, font: ("Noto Serif CJK SC", "LXGW WenKai"))
#align(center)[#text(size: 12pt, d.organ + "　" + d.session) #linebreak() #text(size: 20pt, weight: "bold", d.title)]
#if d.label != "" { align(center, text(weight: "bold", "【" + d.label + "】")) }
#v(6mm)
"""
_BALLOT = _PAGE + """
#for q in d.questions {
  text(weight: "bold", q.title)
  linebreak()
  text(size: 10.5pt, q.rule)
  table(columns: (1fr, 26mm), stroke: 0.6pt, inset: 8pt, ..q.options.map(o => ([#o], [])).flatten())
  if q.write_in { table(columns: (1fr, 26mm), stroke: 0.6pt, inset: 8pt, [另选他人：], []) }
  v(5mm)
}
#v(1fr)
#text(size: 10.5pt, d.note)
"""
_SHEET = _PAGE + """
#text(size: 11pt)[计票人：#box(width: 40mm, line(length: 100%))　　第 #box(width: 10mm, line(length: 100%)) 轮　　收回选票：#box(width: 20mm, line(length: 100%)) 张]
#v(3mm)
#for q in d.questions {
  text(weight: "bold", q.title)
  table(columns: (1fr, 60mm, 22mm), stroke: 0.6pt, inset: 6pt, [选项], [画“正”字], [合计],
    ..(q.options + (if q.write_in { ("另选他人（写明姓名）",) } else { () }) + ("有效票", "无效票")).map(o => ([#o], [], [])).flatten())
  v(4mm)
}
#v(1fr)
#text(size: 10.5pt)[监票人签字：#box(width: 50mm, line(length: 100%))　　#box(width: 50mm, line(length: 100%))]
"""
NOTE = (
    "同意的，在选项后面的格内画“○”。选的项数多于规定的，这一题作废；少于规定的有效（选举法第四十四条）。"
    "写票、投票不受他人干涉。不写姓名。"
)


def ballot_paper(vote_id: int) -> bytes:
    """Return one ballot paper as PDF. Raises Vote.DoesNotExist, typeset.FontsMissing."""
    return typeset.pdf(_BALLOT, {**_data(vote_id), "note": NOTE})


def counting_sheet(vote_id: int) -> bytes:
    """Return an empty counting sheet as PDF. Raises Vote.DoesNotExist, typeset.FontsMissing."""
    return typeset.pdf(_SHEET, _data(vote_id))


def _data(vote_id: int) -> dict[str, object]:
    vote = Vote.objects.select_related("case__organ", "meeting").get(pk=vote_id)
    questions = Question.objects.filter(vote=vote).order_by("number").prefetch_related("options")
    return {
        "title": vote.title, "organ": vote.case.organ.name, "session": vote.meeting.title if vote.meeting else "",
        "label": vote.get_force_display() if vote.force == Vote.Force.ADVISORY else "",
        "questions": [
            {
                "title": one.title, "rule": _rule(one), "write_in": one.write_in,
                "options": [option.title for option in sorted(one.options.all(), key=lambda option: option.number)],
            }
            for one in questions
        ],
    }  # fmt: skip


def _rule(question: Question) -> str:
    if question.least == question.most == 1:
        return "选一项"
    return f"最多选{question.most}项" + (f"，至少选{question.least}项" if question.least else "")

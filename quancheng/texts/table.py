"""The comparison table (对照表) as .docx and PDF: additions bold and underlined, deletions struck through."""

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from quancheng.kernel import typeset
from quancheng.texts.compare import Comparison


def _write(paragraph: Any, words: str, face: str, size: float, **style: bool) -> None:
    run = paragraph.add_run(words)
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    for name, value in style.items():
        setattr(run.font, name, value)


def comparison_to_docx(title: str, comparison: Comparison) -> bytes:
    """Return the comparison table as .docx, A4 across."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(297), Mm(210)
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(head, title, "方正小标宋简体", 18)
    table = document.add_table(rows=1, cols=2)
    table.style = "Table Grid"
    for cell, words in zip(table.rows[0].cells, ("原条文", "新条文"), strict=True):
        _write(cell.paragraphs[0], words, "黑体", 12)
    for row in comparison.rows:
        old, new = table.add_row().cells
        _write(old.paragraphs[0], row.old_label + "　" if row.old_label else row.note, "黑体", 11)
        _write(new.paragraphs[0], row.new_label + "　" if row.new_label else row.note, "黑体", 11)
        for span in row.spans:
            if span.op != "ins":
                _write(old.paragraphs[0], span.text, "仿宋_GB2312", 11, strike=span.op == "del")
            if span.op != "del":
                added = span.op == "ins"
                _write(new.paragraphs[0], span.text, "仿宋_GB2312", 11, bold=added, underline=added)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_PDF = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", flipped: true, margin: 20mm, numbering: "— 1 —")
#set text(lang: "zh", region: "cn", size: 10pt, font: ("Noto Serif CJK SC", "LXGW WenKai"))
#align(center, text(size: 15pt, weight: "bold", d.title))
#table(columns: (1fr, 1fr), stroke: 0.5pt, table.header(strong[原条文], strong[新条文]),
  ..d.rows.map(r => (
    { strong(r.old); for s in r.spans { if s.at(0) == "del" { strike(s.at(1)) } else if s.at(0) == "same" { s.at(1) } } },
    { strong(r.new); for s in r.spans { if s.at(0) == "ins" { underline(strong(s.at(1))) } else if s.at(0) == "same" { s.at(1) } } },
  )).flatten())
"""


def comparison_to_pdf(title: str, comparison: Comparison) -> bytes:
    """Return the comparison table as PDF. Raises typeset.FontsMissing."""
    rows = [
        {
            "old": row.old_label + "　" if row.old_label else row.note,
            "new": row.new_label + "　" if row.new_label else row.note,
            "spans": [[span.op, span.text] for span in row.spans],
        }
        for row in comparison.rows
    ]
    return typeset.pdf(_PDF, {"title": title, "rows": rows})

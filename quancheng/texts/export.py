"""A text as a file: plain text, JSON, Akoma Ntoso, .docx and PDF."""

import io
import json
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from quancheng.kernel import typeset
from quancheng.texts.akn import to_akn
from quancheng.texts.parse import Line, layout, render
from quancheng.texts.tree import LegalTree

_CENTRED = {"title", "caption", "part", "chapter", "section"}
_SONG, _FANG, _HEI, _KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"  # by name: offices have them
_FONT = {"title": _SONG, "caption": _KAI, "part": _HEI, "chapter": _HEI, "section": _KAI}


class UnknownForm(ValueError):
    """There is no such form of a text."""


def to_text(tree: LegalTree) -> str:
    """Return the text, a line a paragraph, as it was imported after normalising."""
    return render(tree) + "\n"


def to_json_text(tree: LegalTree) -> str:
    """Return the tree as JSON, indented, Chinese characters as they are."""
    return json.dumps(tree.to_json(), ensure_ascii=False, indent=2) + "\n"


def to_docx(tree: LegalTree) -> bytes:
    """Return the text as .docx, A4 by GB/T 9704-2012; read back it gives the same tree."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.core_properties.title = tree.title[:200]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    for line in layout(tree):
        _paragraph(document, line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _paragraph(document: Any, line: Line) -> None:
    paragraph = document.add_paragraph()
    style = paragraph.paragraph_format
    style.line_spacing, style.space_after = Pt(28), Pt(0)
    if line.kind in _CENTRED:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if line.kind != "caption":
            style.space_before = style.space_after = Pt(14)
    elif line.kind == "signature":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        style.first_line_indent = Pt(32)
    size = 22 if line.kind == "title" else 16
    font = _FONT.get(line.kind, _FANG)
    for words, face in ((line.mark, _HEI if line.kind in ("article", "point") else font), (line.text, font)):
        if words:
            run = paragraph.add_run(words)
            run.font.name, run.font.size = "Times New Roman", Pt(size)
            run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


_TYPST = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), numbering: "— 1 —")
#set text(lang: "zh", region: "cn", size: 14pt, font: ("Noto Serif CJK SC", "LXGW WenKai"))
#set par(leading: 0.9em, spacing: 0.9em, justify: true)
#for l in d.lines {
  if l.kind == "title" { align(center, text(size: 20pt, weight: "bold", l.text)) }
  else if l.kind == "caption" { align(center, text(font: ("LXGW WenKai", "Noto Serif CJK SC"), l.text)) }
  else if l.kind in ("part", "chapter", "section") {
    v(0.6em); align(center, heading(level: l.level, outlined: true, text(size: 14pt, l.text))); v(0.2em)
  }
  else if l.kind == "signature" { align(right, l.text) }
  else { par(first-line-indent: (amount: 2em, all: true), strong(l.mark) + l.text) }
}
"""


def to_pdf(tree: LegalTree) -> bytes:
    """Return the text as PDF; its words travel as data, never as markup. Raises typeset.FontsMissing."""
    levels = {"part": 1, "chapter": 2, "section": 3}
    rows = [{"kind": x.kind, "mark": x.mark, "text": x.text, "level": levels.get(x.kind, 0)} for x in layout(tree)]
    return typeset.pdf(_TYPST, {"title": tree.title, "lines": rows})


FORMS: dict[str, Callable[[LegalTree], str | bytes]] = {
    "akn": to_akn,
    "docx": to_docx,
    "pdf": to_pdf,
    "txt": to_text,
    "json": to_json_text,
}


def export(tree: LegalTree, form: str) -> str | bytes:
    """Return the text in a form of FORMS. Raises UnknownForm, typeset.FontsMissing (pdf)."""
    if form not in FORMS:
        raise UnknownForm(f"没有“{form}”这种格式，可以选择：{'、'.join(FORMS)}。")
    return FORMS[form](tree)

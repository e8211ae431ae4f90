"""Documents from a small markup: `# title`, `## heading`, `| a | b |` tables, `- list`, paragraphs. Pure.

`[-gone-]` and `{+new+}` inside a line mark words struck out and added; `[words](/path)` leads to a page of this site.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from quancheng.kernel import typeset

MARK = re.compile(r"\[-(.+?)-\]|\{\+(.+?)\+\}|\[([^\[\]]+)\]\((/(?!/)[^\s()\\]*)\)", re.S)


@dataclass
class Block:
    """A block: kind 'heading' | 'paragraph' | 'list' | 'table'; level of a heading; lines or rows."""

    kind: str
    level: int = 0
    lines: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def blocks(body: str) -> list[Block]:
    """Read the markup. Every line lands in some block; none is dropped."""
    found: list[Block] = []
    for raw in body.splitlines():
        line = raw.strip()
        if not line:
            found.append(Block("gap"))
        elif match := re.match(r"(#{1,3})\s+(.*)", line):
            found.append(Block("heading", level=len(match[1]), lines=[match[2]]))
        elif line.startswith("|") and line.endswith("|") and len(line) > 1:
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line[1:-1])]
            if set("".join(cells)) <= set("-: "):
                continue
            _joined(found, "table").rows.append(cells)
        elif line.startswith("- "):
            _joined(found, "list").lines.append(line[2:])
        else:
            found.append(Block("paragraph", lines=[line]))
    return [block for block in found if block.kind != "gap"]


def _joined(found: list[Block], kind: str) -> Block:
    if not found or found[-1].kind != kind:
        found.append(Block(kind))
    return found[-1]


def runs(line: str) -> Iterator[tuple[str, str]]:
    """Split a line into ('same' | 'del' | 'ins' | the path that the words lead to, words)."""
    at = 0
    for match in MARK.finditer(line):
        if match.start() > at:
            yield "same", line[at : match.start()]
        if match[3] is not None:
            yield match[4], match[3]
        else:
            yield ("del", match[1]) if match[1] is not None else ("ins", match[2])
        at = match.end()
    if at < len(line):
        yield "same", line[at:]


def _html(line: str) -> str:
    return "".join(_marked(op, escape(words)) for op, words in runs(line))


def _marked(op: str, words: str) -> str:
    if op == "same":
        return words
    return f'<a href="{escape(op)}">{words}</a>' if op.startswith("/") else f"<{op}>{words}</{op}>"


def _bare(line: str) -> str:
    return "".join(words for _op, words in runs(line))


def to_html(body: str) -> str:
    """Return the body as HTML; all words are escaped, headings start at h2."""
    parts = []
    for block in blocks(body):
        if block.kind == "heading":
            level = min(block.level + 1, 4)
            parts.append(f"<h{level}>{_html(block.lines[0])}</h{level}>")
        elif block.kind == "paragraph":
            parts.append(f"<p>{_html(block.lines[0])}</p>")
        elif block.kind == "list":
            parts.append("<ul>" + "".join(f"<li>{_html(line)}</li>" for line in block.lines) + "</ul>")
        else:
            parts.append(_table(block.rows[0], block.rows[1:]))
    return "\n".join(parts)


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table; one of names and counts shows a bar from zero beside each count."""
    counts = [int(_bare(row[1])) for row in rows if len(row) == 2 and _bare(row[1]).isdecimal()]
    counted = len(counts) == len(rows) > 0
    titles = "".join(f'<th scope="col">{_html(cell)}</th>' for cell in head)
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(f"<td>{_html(cell)}</td>" for cell in row)
        if counted:
            width = 100 * counts[number] / (max(counts) or 1)
            cells += (
                '<td class="bar" aria-hidden="true"><svg viewBox="0 0 100 10" preserveAspectRatio="none">'
                f'<rect width="{width:.1f}" height="10"/></svg></td>'
            )
        lines.append(f"<tr>{cells}</tr>")
    titles += '<td class="bar"></td>' if counted else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape("、".join(head[:2]))}"><table>'
        f"<thead><tr>{titles}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _font(run, latin: str, east_asian: str, size: float) -> None:  # type: ignore[no-untyped-def]  # docx has no types
    run.font.name, run.font.size = latin, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)


def _write(paragraph, line: str, east_asian: str, size: float) -> None:  # type: ignore[no-untyped-def]  # as above
    for op, words in runs(line):
        run = paragraph.add_run(words)
        _font(run, "Times New Roman", east_asian, size)
        run.font.strike, run.font.bold, run.font.underline = op == "del", op == "ins", op == "ins"


def to_docx(title: str, body: str) -> bytes:
    """Return the document as .docx, A4 with the margins of GB/T 9704-2012."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(head, title, "方正小标宋简体", 22)
    for block in blocks(body):
        if block.kind == "table":
            table = document.add_table(rows=0, cols=max(len(row) for row in block.rows))
            table.style = "Table Grid"
            for row in block.rows:
                cells = table.add_row().cells
                for cell, words in zip(cells, row, strict=False):
                    _write(cell.paragraphs[0], words, "仿宋_GB2312", 12)
        for line in block.lines:
            paragraph = document.add_paragraph()
            if block.kind == "heading":
                _write(paragraph, line, "黑体" if block.level < 3 else "楷体_GB2312", 16)
            else:
                paragraph.paragraph_format.first_line_indent = Pt(32)
                _write(paragraph, line, "仿宋_GB2312", 16)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_TYPST = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), numbering: "— 1 —")
#set text(lang: "zh", region: "cn", size: 12pt, font: ("Noto Serif CJK SC", "LXGW WenKai"))
#set par(leading: 0.9em, justify: true)
#let words(parts) = for p in parts {
  if p.at(0) == "del" { strike(p.at(1)) } else if p.at(0) == "ins" { underline(strong(p.at(1))) } else { p.at(1) }
}
#align(center, text(size: 18pt, weight: "bold", d.title))
#v(1em)
#for b in d.blocks {
  if b.kind == "heading" { heading(level: b.level, words(b.lines.at(0))) }
  else if b.kind == "table" {
    table(columns: b.columns, stroke: 0.5pt, ..b.rows.flatten().map(c => text(size: 10pt, words(c.parts))))
  }
  else if b.kind == "list" { list(..b.lines.map(words)) }
  else { par(first-line-indent: (amount: 2em, all: true), words(b.lines.at(0))) }
}
"""


def typst_input(title: str, body: str) -> tuple[str, dict[str, object]]:
    """Return the typst source and its data; words travel as data, never as markup."""
    data = []
    for block in blocks(body):
        columns = max((len(row) for row in block.rows), default=0)
        rows = [[{"parts": list(runs(cell))} for cell in row + [""] * (columns - len(row))] for row in block.rows]
        data.append(
            {
                "kind": block.kind, "level": block.level, "columns": columns, "rows": rows,
                "lines": [list(runs(line)) for line in block.lines],
            }
        )
    return _TYPST, {"title": title, "blocks": data}


def to_pdf(title: str, body: str) -> bytes:
    """Return the document as PDF. Raises typeset.FontsMissing."""
    return typeset.pdf(*typst_input(title, body))

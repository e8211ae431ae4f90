"""Text of a PDF: lines read by their place on the page and joined to the paragraphs that they were broken from."""

import re
import threading
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from quancheng.texts.refusal import Unreadable

MOST_PAGES = 500
_PDFIUM = threading.Lock()  # the library must not be entered by two threads at once

_START = re.compile(
    r"第 ?[零〇一二三四五六七八九十百千]+ ?[编章节条](?![规的所])|[（(][一二三四五六七八九十百]+[)）]|\d{1,2}[.．、](?!\d)"
    r"|[一二三四五六七八九十]+、|目 ?录 ?$|附 ?[件录]"
)
_LATIN_WORD = re.compile(r"[A-Za-z,.;:)]")
_MARKED = re.compile(r"第 ?[零〇一二三四五六七八九十百千]+ ?条(?![规的所])|[（(][一二三四五六七八九十百]+[)）]|[一二三四五六七八九十]+、")
_CAPTION_START = re.compile(r"[（(]|\d{4} ?年|根据")
_CAPTION_END = re.compile(r"(?:通过|批准|修正|修订|公布|施行|[）)])$")
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/／,，共]\s*共?\s*\d{1,4}\s*页?)?)[-—–－·\s]*$")


@dataclass
class _Row:
    text: str
    left: float
    right: float
    width: float  # of one character
    height: float  # of its line


def read_pdf(data: bytes) -> str:
    """Return the words of a PDF, one paragraph a line. Raises Unreadable: password, scans, too long, broken."""
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if "assword" in str(error) or "ecurity" in str(error):
                raise Unreadable("这个 PDF 设有密码，打不开。请取消密码后再上传。") from error
            raise Unreadable("这个 PDF 已经损坏，读不出来。请重新导出后再上传。") from error
        try:
            if len(document) > MOST_PAGES:
                raise Unreadable(f"这个 PDF 超过{MOST_PAGES}页，请分开后再上传。")
            rows = _rows(document)
        except pdfium.PdfiumError as error:
            raise Unreadable("这个 PDF 已经损坏，读不出来。请重新导出后再上传。") from error
        finally:
            document.close()
    return "\n".join(_joined(rows))


def _rows(document: Any) -> list[_Row]:
    rows: list[_Row] = []
    images: list[int] = []
    for number in range(len(document)):
        page = document[number]
        found = _page_rows(page)
        if not found and any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
            images.append(number + 1)
        rows += found
    if not rows:
        raise Unreadable("这个 PDF 里没有文字，可能是扫描件。请上传 .docx，或者先做文字识别后核对。")
    if images:
        raise Unreadable(f"这个 PDF 的第{images[0]}页是图片，没有文字。请上传 .docx，或者先做文字识别后核对。")
    return rows


def _page_rows(page: Any) -> list[_Row]:
    """Return the lines of a page with their left and right edges, without the page number."""
    letters = page.get_textpage()
    rows: list[_Row] = []
    words: list[str] = []
    boxes: list[tuple[float, float]] = []
    heights: list[float] = []

    def finish() -> None:
        text = "".join(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
        if text and boxes:
            widths = sorted(right - left for left, right in boxes)
            left, right = min(b[0] for b in boxes), max(b[1] for b in boxes)
            rows.append(_Row(text, left, right, widths[len(widths) // 2], max(heights)))
        words.clear()
        heights.clear()
        boxes.clear()

    for index in range(letters.count_chars()):
        code = raw.FPDFText_GetUnicode(letters.raw, index)
        if code in (10, 13):
            finish()
            continue
        if code in (0, 2, 0xFFFE, 0xFFFF):
            continue  # marks that pdfium puts in, no letters
        if chr(code).isspace():
            gap = raw.FPDFText_IsGenerated(letters.raw, index) == 1
            words.append("" if gap and not _wide_gap(letters, index) else " ")
            continue
        words.append(chr(code))
        left, _, right, _ = letters.get_charbox(index)
        boxes.append((left, right))
        _, low, _, high = letters.get_charbox(index, loose=True)
        heights.append(high - low)
    finish()
    while rows and _PAGE_NUMBER.match(rows[-1].text):
        rows.pop()
    if len(rows) > 1 and _PAGE_NUMBER.match(rows[0].text):
        rows.pop(0)
    return rows


def _wide_gap(letters: Any, index: int) -> bool:
    """Tell whether a space that pdfium made up parts two words, or only sets a numeral off from Chinese letters."""
    if not 0 < index < letters.count_chars() - 1:
        return False
    before, after = letters.get_charbox(index - 1, loose=True), letters.get_charbox(index + 1, loose=True)
    latin = all(chr(raw.FPDFText_GetUnicode(letters.raw, i)).isascii() for i in (index - 1, index + 1))
    return bool(latin or after[0] - before[2] > 0.5 * (before[3] - before[1]))


def _joined(rows: list[_Row]) -> list[str]:
    """Join the lines of a paragraph: a line goes on where the one before is full and it is not set in itself."""
    edge = _edge([row.left for row in rows if len(row.text) > 10] or [row.left for row in rows])
    margin = max((row.right for row in rows), default=0.0)
    size = _common(row.width for row in rows) or 10.0
    indented = [1.2 * size < row.left - edge < 4 * size for row in rows]
    marked = [inside for row, inside in zip(rows, indented, strict=True) if _MARKED.match(row.text)]
    set_in = sum(marked) * 2 > len(marked) if marked else sum(indented) * 10 >= len(rows)  # paragraphs begin set in
    lines: list[str] = []
    before: _Row | None = None
    head = True
    for row, inside in zip(rows, indented, strict=True):
        head = head and not _START.match(row.text)
        if head:
            starts = bool(_CAPTION_START.match(row.text)) or bool(lines and _CAPTION_END.search(lines[-1])) or inside
        else:
            starts = inside or row.left - edge > 4 * size if set_in else bool(_START.match(row.text))
        full = before is not None and before.right > margin - (4 if head else 2.5) * size
        full = full or (set_in and not head and not lines[-1].endswith(("。", "；", "：", "！", "？")))
        full = full or bool(head and lines and row.left - edge > size and _CAPTION_START.match(lines[-1]))
        alike = before is not None and 0.88 < row.height / max(before.height, 0.1) < 1.14
        if full and alike and not starts and lines:
            gap = " " if _LATIN_WORD.match(lines[-1][-1]) and row.text[0].isascii() and row.text[0].isalpha() else ""
            lines[-1] += gap + row.text
        else:
            lines.append(row.text)
        before = row
    return lines


def _edge(lefts: list[float]) -> float:
    """Return the leftmost place where lines begin more than by chance: unbroken paragraphs all begin set in."""
    counts: dict[int, int] = {}
    for left in lefts:
        counts[round(left)] = counts.get(round(left), 0) + 1
    enough = max(2, len(lefts) // 25)
    return float(min((left for left, times in counts.items() if times >= enough), default=min(counts)))


def _common(values: Any) -> float:
    """Return the value that most lines share, to the point."""
    counts: dict[int, int] = {}
    for value in values:
        counts[round(value)] = counts.get(round(value), 0) + 1
    return float(max(counts, key=lambda key: (counts[key], -key))) if counts else 0.0

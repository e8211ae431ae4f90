"""Reading a file into plain text: .docx, .pdf that holds text, .md and .txt. What it is, its first bytes tell."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from quancheng.texts.numbering import Numbering
from quancheng.texts.refusal import Unreadable

__all__ = ["LARGEST", "Unreadable", "plain_markdown", "read_file"]

LARGEST = 20 * 1024 * 1024  # bytes of the file
LARGEST_UNPACKED = 200 * 1024 * 1024  # bytes of all parts of a .docx together
LARGEST_RATIO = 200  # times that a part may grow when unpacked; real documents stay under 30
MOST_PARTS = 5000
_SMALL = 1024 * 1024  # below this a part may be packed as tightly as it likes

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OTHER_KINDS = (
    (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"), (b"II*\x00", "图片"), (b"MM\x00*", "图片"),
    (b"Rar!", "压缩包"), (b"7z\xbc\xaf", "压缩包"), (b"\x1f\x8b", "压缩包"), (b"{\\rtf", "RTF 文件"),
)  # fmt: skip


def read_file(data: bytes, name: str) -> str:
    """Return the words of a file, one paragraph a line. `name` only tells Markdown from plain text.

    Raises Unreadable with a sentence for the person who sent it.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"文件超过{LARGEST // 1024 // 1024}MB，请去掉图片或者分开后再上传。")
    if not data.strip():
        raise Unreadable("文件是空的，请检查后再上传。")
    if data.startswith(b"PK"):
        text = _docx(data)
    elif b"%PDF-" in data[:1024]:
        from quancheng.texts.pdf import read_pdf  # noqa: PLC0415  # loads a large library, only for this kind

        text = read_pdf(data)
    elif data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("文件设有密码，打不开。请取消密码后再上传。")
        raise Unreadable("这是旧版 .doc 或者 .wps 文件，请在 Word 或者 WPS 中另存为 .docx 后再上传。")
    else:
        for mark, kind in _OTHER_KINDS:
            if data.startswith(mark):
                raise Unreadable(f"这是{kind}，不是文本。请上传 .docx、.txt、.md 或者有文字的 .pdf 文件。")
        text = _decoded(data)
        if name.lower().endswith((".md", ".markdown")):
            text = plain_markdown(text)
    if not text.strip():
        raise Unreadable("文件中没有文字，请检查后再上传。")
    return text


def plain_markdown(text: str) -> str:
    """Return the text of a law kept as Markdown: heading marks, comments and emphasis taken off."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    return re.sub(r"(?m)^#+\s*", "", text).replace("**", "")


def _decoded(data: bytes) -> str:
    """Decode plain text: UTF-8, UTF-16 with its mark, or GB 18030. Raises Unreadable for anything else."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\t\n\r\f\v\x1a" for c in text)
        if "\x00" not in text and strange * 100 <= len(text):
            return text.replace("\x1a", "")
    raise Unreadable("这个文件不是文本，或者编码无法识别。请上传 .docx、.txt、.md 或者有文字的 .pdf 文件。")


def _check_zip(data: bytes) -> None:
    """Refuse what is no .docx, has a password, or would unpack to far more than it is. Unpacks nothing itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("文件已经损坏，不是完整的 .docx。请重新保存后再上传。") from error
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("文件设有密码，打不开。请取消密码后再上传。")
    total = sum(part.file_size for part in parts)
    tight = any(p.file_size > _SMALL and p.file_size > LARGEST_RATIO * max(p.compress_size, 1) for p in parts)
    if len(parts) > MOST_PARTS or total > LARGEST_UNPACKED or tight:
        raise Unreadable("文件解开后过大，不像正常的文档，没有导入。请在 Word 中重新保存后再上传。")
    if not {"[Content_Types].xml", "word/document.xml"} <= {part.filename for part in parts}:
        raise Unreadable("这个文件不是 .docx 文档（可能是表格、压缩包或者其他格式）。请上传 .docx 文件。")


def _docx(data: bytes) -> str:
    """Read a Word document: body in its order, tables row by row, automatic numbers, text boxes."""
    _check_zip(data)
    try:
        document = Document(io.BytesIO(data))
        body = document.element.body
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        numbering = Numbering(None if part is None else part.element, document.styles.element)
        return "\n".join(_blocks(body, numbering))
    except Unreadable:
        raise
    except Exception as error:  # the reader of strange files fails in many ways; the person needs one sentence
        raise Unreadable("这个 .docx 文件的内容已经损坏，读不出来。请在 Word 中重新保存后再上传。") from error


def _blocks(parent: Any, numbering: Numbering) -> Iterator[str]:
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield from _paragraph(child, numbering)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, numbering)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")):
            yield from _blocks(child, numbering)


def _table(table: Any, numbering: Numbering) -> Iterator[str]:
    """A table of one column is a frame round paragraphs; of others each row is a line."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue  # a row of a table inside a cell, read with its cell
        cells = [list(_blocks(cell, numbering)) for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]
        if len(cells) == 1:
            yield from cells[0]
        elif any(cells):
            yield " | ".join(" ".join(line.strip() for line in cell if line.strip()) for cell in cells)


def _paragraph(paragraph: Any, numbering: Numbering) -> Iterator[str]:
    pieces: list[str] = []
    boxes: list[Any] = []
    _runs(paragraph, pieces, boxes)
    words = "".join(pieces)
    if words.strip():
        number = numbering.of(paragraph)
        gap = " " if number and not number.endswith(("）", "、", ")", ".", "．")) else ""
        yield from (number + gap + words).split("\n")
    for box in boxes:
        yield from _blocks(box, numbering)


def _runs(element: Any, pieces: list[str], boxes: list[Any]) -> None:
    """Collect the words under an element; struck-out words of tracked changes stand in other elements."""
    for child in element.iterchildren():
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag in (qn("w:tab"), qn("w:ptab")) and element.tag == qn("w:r"):
            pieces.append(" ")
        elif child.tag in (qn("w:br"), qn("w:cr")):
            pieces.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag == qn("w:txbxContent"):
            boxes.append(child)
        elif child.tag not in (_FALLBACK, qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr")) and isinstance(child.tag, str):
            _runs(child, pieces, boxes)

"""Reading a file into plain text: .docx, .pdf that holds text, .md and .txt. What it is, its first bytes tell."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from quancheng.texts.numbering import Numbering
from quancheng.texts.refusal import Unreadable

__all__ = ["LARGEST", "Unreadable", "plain_markdown", "read_file"]

LARGEST = 20 * 1024 * 1024  # bytes of the file
LARGEST_UNPACKED = 200 * 1024 * 1024  # bytes of all parts of a .docx together
LARGEST_XML = 48 * 1024 * 1024  # bytes of its XML, which takes ten times as much memory; the longest code needs 8
LARGEST_RATIO = 200  # times that a part may grow when unpacked; real documents stay under 30
MOST_PARTS = 5000
_SMALL = 1024 * 1024  # below this a part may be packed as tightly as it likes

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MAIN_PART = re.compile(r"word/document\d*\.xml")
_WRAPPERS = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_PASSED_OVER = {_FALLBACK, *(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "rt"))}  # rt: how it is read aloud
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
        # Few files are UTF-8 by chance; nearly every file is GB 18030 of a kind, with letters of the private area.
        few, odd = (100, ("Cc", "Cn", "Cs", "Co")) if encoding == "gb18030" else (10, ("Cc", "Cn", "Cs"))
        strange = sum(unicodedata.category(c) in odd and c not in "\t\n\r\f\v\x1a" for c in text)
        if "\x00" not in text and strange * few <= len(text):
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
    written = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if len(parts) > MOST_PARTS or total > LARGEST_UNPACKED or written > LARGEST_XML or tight:
        raise Unreadable("文件解开后过大，不像正常的文档，没有导入。请在 Word 中重新保存后再上传。")
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(_MAIN_PART.fullmatch(name) for name in names):
        raise Unreadable("这个文件不是 .docx 文档（可能是表格、压缩包或者其他格式）。请上传 .docx 文件。")


def _docx(data: bytes) -> str:
    """Read a Word document as it stands with all tracked changes accepted: body in its order, tables row by row,
    automatic numbers, text boxes; footnotes and endnotes after the body. What stands on every page is left out.
    """
    _check_zip(data)
    try:
        document = Document(io.BytesIO(data))
        parts = {r.reltype.rpartition("/")[2]: r.target_part for r in document.part.rels.values() if not r.is_external}
        numbers = parts["numbering"].element if "numbering" in parts else None
        lines = list(_blocks(document.element.body, Numbering(numbers, document.styles.element)))
        return "\n".join([*lines, *_notes(parts)])
    except Unreadable:
        raise
    except Exception as error:  # the reader of strange files fails in many ways; the person needs one sentence
        raise Unreadable("这个 .docx 文件的内容已经损坏，读不出来。请在 Word 中重新保存后再上传。") from error


def _notes(parts: dict[str, Any]) -> Iterator[str]:
    """Footnotes and endnotes under a heading of their own, like an annex: they are no paragraphs of an article."""
    for kind, tag, name in (("footnotes", "w:footnote", "脚注"), ("endnotes", "w:endnote", "尾注")):
        if kind not in parts:
            continue
        found = [note for note in _root(parts[kind]).iter(qn(tag)) if note.get(qn("w:type")) is None]
        words = [" ".join(line.strip() for line in _blocks(note, Numbering(None, None))) for note in found]
        if words:
            yield f"附：{name}"
            yield from (f"{name}{number}：{text.strip()}" for number, text in enumerate(words, start=1))


def _root(part: Any) -> Any:
    """Return the root element of a part, which python-docx reads for some kinds and leaves as bytes for others."""
    return part.element if hasattr(part, "element") else parse_xml(part.blob)


def _blocks(parent: Any, numbering: Numbering) -> Iterator[str]:
    """Yield the lines of paragraphs and tables; a paragraph whose end is struck out goes on in the next."""
    held: list[Any] = []
    for child in _flat(parent):
        if child.tag == qn("w:p"):
            held.append(child)
            if child.find("w:pPr/w:rPr/w:del", child.nsmap) is None:
                yield from _paragraph(held, numbering)
                held = []
        else:
            yield from _table(child, numbering)
    if held:
        yield from _paragraph(held, numbering)


def _flat(parent: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables under an element, through what Word wraps round them."""
    for child in parent.iterchildren():
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _flat(child)


def _table(table: Any, numbering: Numbering) -> Iterator[str]:
    """A table of one column is a frame round paragraphs; of others each row is a line."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue  # a row of a table inside a cell, read with its cell
        if row.find("w:trPr/w:del", row.nsmap) is not None:
            continue
        cells = [list(_blocks(cell, numbering)) for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]
        if len(cells) == 1:
            yield from cells[0]
        elif any(cells):
            yield " | ".join(" ".join(line.strip() for line in cell if line.strip()) for cell in cells)


def _paragraph(joined: list[Any], numbering: Numbering) -> Iterator[str]:
    """Yield the lines of a paragraph (of several, where the ends between them are struck out), then of its boxes."""
    pieces: list[str] = []
    boxes: list[Any] = []
    for element in joined:
        _runs(element, pieces, boxes)
    words = "".join(pieces)
    if words.strip() or len(joined) == 1 and not boxes:  # an empty numbered paragraph shows its number too
        number = numbering.of(joined[0])
        gap = " " if number and not number.endswith(("）", "、", ")", ".", "．")) else ""
        if number or words.strip():
            yield from (number + gap + words).split("\n")
    for box in boxes:
        yield from _blocks(box, numbering)


def _runs(element: Any, pieces: list[str], boxes: list[Any]) -> None:
    """Collect the words under an element; struck-out words of tracked changes stand in other elements."""
    for child in element.iterchildren():
        if child.tag in (qn("w:t"), _FORMULA):
            pieces.append(child.text or "")
        elif child.tag in (qn("w:tab"), qn("w:ptab")) and element.tag == qn("w:r"):
            pieces.append(" ")
        elif child.tag in (qn("w:br"), qn("w:cr")):
            pieces.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag == qn("w:sym"):
            pieces.append("□")  # a sign of a symbol font, which has no letter of its own
        elif child.tag == qn("w:txbxContent"):
            boxes.append(child)
        elif child.tag not in _PASSED_OVER and isinstance(child.tag, str):
            _runs(child, pieces, boxes)

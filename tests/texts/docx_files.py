"""Word documents made for the tests, with what python-docx has no call for."""

import io
import zipfile
from typing import Any

from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W = nsdecls("w")


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def of_lines(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def add_xml(document: Any, xml: str) -> None:
    """Put XML of the body before the section's properties."""
    document.element.body.insert_element_before(parse_xml(xml.replace(">", f" {W}>", 1)), "w:sectPr")


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def level(at: int, form: str, words: str, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{words}"/></w:lvl>'


def with_lists(document: Any, abstracts: dict[str, str], lists: dict[str, str]) -> None:
    """Replace the numbering by abstract lists (id -> levels) and lists (id -> inner XML)."""
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for name, levels in abstracts.items():
        root.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="{name}">{levels}</w:abstractNum>'))
    for name, inner in lists.items():
        root.append(parse_xml(f'<w:num {W} w:numId="{name}">{inner}</w:num>'))


def numbered(document: Any, words: str, name: str, at: int = 0) -> Any:
    paragraph = document.add_paragraph(words)
    place = f'<w:numPr {W}><w:ilvl w:val="{at}"/><w:numId w:val="{name}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(place))
    return paragraph


def with_notes(document: Any, kind: str, *words: str) -> None:
    """Add footnotes or endnotes, with the separators that Word writes among them."""
    one = kind.removesuffix("s")
    notes = "".join(f'<w:{one} w:id="{i}"><w:p>{run(text)}</w:p></w:{one}>' for i, text in enumerate(words, start=2))
    xml = f'<w:{kind} {W}><w:{one} w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:{one}>{notes}</w:{kind}>'
    content = CONTENT_TYPE.WML_FOOTNOTES if kind == "footnotes" else CONTENT_TYPE.WML_ENDNOTES
    relation = RELATIONSHIP_TYPE.FOOTNOTES if kind == "footnotes" else RELATIONSHIP_TYPE.ENDNOTES
    part = Part(PackURI(f"/word/{kind}.xml"), content, xml.encode(), document.part.package)
    document.part.relate_to(part, relation)


def text_box(words: str) -> str:
    """A run with a text box, as Word writes it: the box, and the same again for programs that know no boxes."""
    inner = f"<w:txbxContent><w:p>{run(words)}</w:p></w:txbxContent>"
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    return (
        f'<w:r><mc:AlternateContent {spaces}><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def repacked(data: bytes, **changed: bytes) -> bytes:
    """Return a package with parts replaced or added (names with / and . written as __ and _dot_)."""
    renamed = {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename not in renamed:
                new.writestr(item, old.read(item.filename))
        for name, content in renamed.items():
            new.writestr(name, content)
    return out.getvalue()


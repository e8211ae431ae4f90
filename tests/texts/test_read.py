"""Reading files: every word that the author sees comes in, and what cannot be read is refused in one sentence."""

import io
import zipfile

import pytest
from docx import Document

from quancheng.texts import read
from quancheng.texts.export import to_docx, to_pdf
from quancheng.texts.parse import parse, render
from quancheng.texts.read import Unreadable, read_file
from tests.texts import docx_files as files
from tests.texts import laws, pdf_files


def refusal(data: bytes, name: str = "草案.docx") -> str:
    with pytest.raises(Unreadable) as caught:
        read_file(data, name)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith("。")
    return sentence


# --- plain text and Markdown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["plain", "full"])
def test_plain_text_in_each_encoding(encoding, name):
    assert read_file(laws.ALL[name].encode(encoding), "草案.txt") == laws.ALL[name]


def test_rare_characters_in_gb18030():
    words = "某规定\n第一条　𠮷某、𬱖某、堌堆、😀。"
    assert read_file(words.encode("gb18030"), "a.txt") == words


def test_line_ends_of_other_systems():
    assert parse(read_file(laws.PLAIN.replace("\n", "\r\n").encode(), "a.txt")).to_json() == parse(laws.PLAIN).to_json()


def test_markdown_gives_up_its_marks_and_keeps_its_words():
    words = "# 某条例\n<!-- 来源\n说明 -->\n## 第一章　总则\n**第一条**　甲。\n\n第二条　乙。"
    tree = parse(read_file(words.encode(), "草案.md"))
    assert tree.title == "某条例" and [a.anchor for a in tree.articles()] == ["a1", "a2"] and tree.unplaced == []
    assert "# 某条例" in read_file(words.encode(), "草案.txt")  # in plain text a mark is a character


# --- Word ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", laws.ALL.values(), ids=laws.ALL)
def test_a_word_document_gives_the_same_tree(text):
    assert parse(read_file(files.of_lines(*text.split("\n")), "a.docx")).to_json() == parse(text).to_json()


@pytest.mark.parametrize("text", laws.ALL.values(), ids=laws.ALL)
def test_our_own_word_export_gives_the_same_tree(text):
    assert parse(read_file(to_docx(parse(text)), "a.docx")).to_json() == parse(text).to_json()


def test_runs_tabs_and_line_breaks():
    document = Document()
    paragraph = document.add_paragraph("第一")
    paragraph.add_run("条")
    paragraph.add_run("\t甲")
    paragraph.add_run("乙。").add_break()
    paragraph.add_run("第二款。")
    assert read_file(files.saved(document), "a.docx") == "第一条 甲乙。\n第二款。"


def test_tables_row_by_row_and_frames_of_one_column():
    document = Document()
    document.add_paragraph("第一条　如下：")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip((c for row in table.rows for c in row.cells), ("河名", "长度", "濮河", "十里"), strict=True):
        cell.text = words
    table.cell(1, 1).add_paragraph("（约）")
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "框内甲"
    frame.cell(0, 0).add_paragraph("框内乙")
    inner = frame.cell(0, 0).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "里甲", "里乙"
    words = read_file(files.saved(document), "a.docx").split("\n")
    assert [w for w in words if w] == ["第一条　如下：", "河名 | 长度", "濮河 | 十里 （约）", "框内甲", "框内乙", "里甲 | 里乙"]


def test_text_boxes_come_in_once():
    document = Document()
    files.add_xml(document, f"<w:p>{files.run('第一条　甲。')}{files.text_box('框中的话')}</w:p>")
    assert read_file(files.saved(document), "a.docx").split("\n") == ["第一条　甲。", "框中的话"]


def test_footnotes_and_endnotes_stand_after_the_text():
    document = Document()
    for line in ("某条例", "第一条　甲。", "第二条　乙。"):
        document.add_paragraph(line)
    files.with_notes(document, "footnotes", "甲的来历。", "乙的来历。")
    files.with_notes(document, "endnotes", "全文的来历。")
    tree = parse(read_file(files.saved(document), "a.docx"))
    assert [c.text for a in tree.articles() for c in a.children] == ["甲。", "乙。"]
    assert tree.annexes == ["附：脚注", "脚注1：甲的来历。", "脚注2：乙的来历。", "附：尾注", "尾注1：全文的来历。"]


def test_tracked_changes_are_read_as_accepted():
    document = Document()
    kept, gone = files.run("甲"), '<w:r><w:delText xml:space="preserve">旧字</w:delText></w:r>'
    files.add_xml(
        document,
        f'<w:p>{files.run("第一条　")}<w:del w:id="1" w:author="a">{gone}</w:del><w:ins w:id="2" w:author="a">{files.run("新字")}</w:ins>'
        f'<w:moveFrom w:id="3">{files.run("移走")}</w:moveFrom><w:moveTo w:id="4">{files.run("移来")}</w:moveTo>{kept}</w:p>',
    )
    files.add_xml(document, f'<w:p><w:pPr><w:rPr><w:del w:id="5" w:author="a"/></w:rPr></w:pPr>{files.run("前半句")}</w:p>')
    files.add_xml(document, f'<w:p>{files.run("后半句。")}</w:p>')
    row = "<w:tr>{}<w:tc><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr>"
    files.add_xml(
        document,
        "<w:tbl><w:tblPr/><w:tblGrid/>" + row.format("", files.run("留"), files.run("下"))
        + row.format('<w:trPr><w:del w:id="6" w:author="a"/></w:trPr>', files.run("删"), files.run("去")) + "</w:tbl>",
    )  # fmt: skip
    assert read_file(files.saved(document), "a.docx").split("\n") == ["第一条　新字移来甲", "前半句后半句。", "留 | 下"]


def test_what_stands_on_every_page_is_left_out():
    document = Document()
    document.add_paragraph("第一条　甲。")
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    assert read_file(files.saved(document), "a.docx") == "第一条　甲。"


def test_hyperlinks_fields_content_controls_formulas_and_signs():
    document = Document()
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    files.add_xml(
        document,
        f'<w:p><w:hyperlink w:anchor="x">{files.run("第一条　")}</w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>'
        f'<w:smartTag>{files.run("甲")}</w:smartTag><w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
        f"<m:oMath {math}><m:r><m:t>a=b</m:t></m:r></m:oMath>"
        f"<w:r><w:ruby><w:rt>{files.run('bó')}</w:rt><w:rubyBase>{files.run('博')}</w:rubyBase></w:ruby></w:r></w:p>",
    )  # fmt: skip
    files.add_xml(document, f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{files.run('控件里的话')}</w:p></w:sdtContent></w:sdt>")
    assert read_file(files.saved(document), "a.docx").split("\n") == ["第一条　甲□a=b博", "控件里的话"]


def test_rare_characters_and_emoji_in_word():
    words = "第一条　𠮷某、𬱖某、👨‍👩‍👧、堌堆。"
    assert read_file(files.of_lines(words), "a.docx") == words


def test_the_main_part_may_have_another_name():
    data = files.of_lines("第一条　甲。")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("word/document.xml", "word/document2.xml"),
                            content.replace(b"word/document.xml", b"word/document2.xml"))  # fmt: skip
    assert read_file(out.getvalue(), "a.docx") == "第一条　甲。"


# --- PDF -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", laws.ALL.values(), ids=laws.ALL)
def test_our_own_pdf_gives_the_same_articles(text):
    tree = parse(read_file(to_pdf(parse(text)), "a.pdf"))
    assert tree.to_json()["articles"] == parse(text).to_json()["articles"]
    assert render(tree).replace("\n", "") == render(parse(text)).replace("\n", "")


def test_a_long_pdf_keeps_paragraphs_over_lines_and_pages():
    sentence = "县级以上人民政府应当建立健全河道管理协调机制，统筹解决河道保护中的重大问题，并将所需经费列入本级财政预算"
    lines = [f"第{n}条　{sentence}。" for n in "一二三四五六七八九十"]
    text = "某市某条例\n" + "\n".join(line + "\n" + sentence * 3 + "。" for line in lines)
    tree = parse(read_file(to_pdf(parse(text)), "a.pdf"))
    assert render(tree) == render(parse(text))


def test_page_numbers_are_no_text():
    words = read_file(pdf_files.page_of('#set page(numbering: "— 1 / 1 —")\n#w #pagebreak() #w', "第一条 甲。"), "a.pdf")
    assert words.split("\n") == ["第一条 甲。", "第一条 甲。"]


def test_rare_characters_in_pdf():
    assert read_file(pdf_files.page_of("#w", "第一条 𠮷某、𬱖某、堌堆。"), "a.pdf") == "第一条 𠮷某、𬱖某、堌堆。"


def test_a_scanned_pdf_says_so():
    assert "扫描件" in refusal(pdf_files.scanned(), "扫描.pdf")


def test_a_pdf_with_one_scanned_page_is_not_read_by_half():
    assert "第2页是图片" in refusal(pdf_files.half_scanned(), "半.pdf")


def test_a_locked_pdf_says_so():
    assert "密码" in refusal(pdf_files.locked(), "锁.pdf")


def test_a_broken_pdf_says_so():
    whole = pdf_files.page_of("#w", "第一条 甲。")
    assert "损坏" in refusal(whole[:30], "坏.pdf")


def test_a_pdf_of_too_many_pages(monkeypatch):
    monkeypatch.setattr("quancheng.texts.pdf.MOST_PAGES", 1)
    assert "超过1页" in refusal(pdf_files.page_of("#w #pagebreak() #w", "第一条 甲。"), "长.pdf")


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"  \n\t ", b"\xef\xbb\xbf"], ids=["empty", "blank", "mark only"])
def test_an_empty_file(data):
    assert "空" in refusal(data, "a.txt") or "没有文字" in refusal(data, "a.txt")


def test_a_word_document_without_words():
    assert "没有文字" in refusal(files.of_lines("", "　"))


def test_a_file_too_large():
    assert "超过20MB" in refusal(b"\xe7\x94\xb2" * (100 * 1024 * 1024 // 3), "大.txt")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"PK\x03\x04 broken", "损坏"), (b"\x89PNG\r\n\x1a\n...", "图片"), (b"\xff\xd8\xff\xe0", "图片"), (b"Rar!\x1a", "压缩包"),
        (b"7z\xbc\xaf\x27", "压缩包"), (b"{\\rtf1", "RTF"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (bytes(range(256)) * 20, "不是文本"), (b"\x7fELF" + b"\0\1\2" * 90, "不是文本"), (b"\xff\xfe\x00", "不是文本"),
    ],
)  # fmt: skip
def test_what_is_no_text(data, word):
    assert word in refusal(data)


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def test_a_zip_that_is_no_word_document():
    assert "不是 .docx" in refusal(packed(a=b"x"))


def test_a_word_document_with_broken_xml():
    data = files.repacked(files.of_lines("第一条　甲。"), word__document_dot_xml=b"<w:document")
    assert "损坏" in refusal(data)


@pytest.mark.parametrize("cut", [100, 2000, -30])
def test_a_word_document_cut_short(cut):
    assert "损坏" in refusal(files.of_lines("第一条　甲。")[:cut])


def test_a_locked_part_of_a_zip():
    data = bytearray(packed(a=b"x"))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the directory
    assert "密码" in refusal(bytes(data))


def test_a_zip_bomb_is_not_unpacked():
    bomb = files.repacked(files.of_lines("第一条　甲。"), word__document_dot_xml=b"<w:document>" + b" " * (40 * 1024 * 1024))
    assert len(bomb) < 200_000 and "过大" in refusal(bomb)


def test_a_zip_of_very_many_parts():
    assert "过大" in refusal(packed(**{f"a{n}": b"" for n in range(read.MOST_PARTS + 1)}))


def test_a_zip_with_more_xml_than_memory_should_take(monkeypatch):
    monkeypatch.setattr(read, "LARGEST_XML", 1000)
    assert "过大" in refusal(files.of_lines("第一条　甲。"))


def test_entities_are_not_unfolded():
    bomb = b'<!DOCTYPE w [<!ENTITY a "hahaha"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = files.of_lines("第一条　甲。")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        xml = file.read("word/document.xml")
    head, rest = xml.split(b"?>", 1)
    made = files.repacked(data, word__document_dot_xml=head + b"?>" + bomb + rest.replace("甲".encode(), b"&b;"))
    try:
        assert "haha" not in read_file(made, "a.docx")
    except Unreadable as refused:
        assert "损坏" in str(refused)

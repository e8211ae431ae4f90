"""PDF: letters without a font are written out and named; fonts are asked what they draw."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from quancheng.kernel import glyphs, typeset

SOURCE = "#let d = json(bytes(sys.inputs.data))\n#d.words.join()"


def table(subtable: bytes, platform: int = 3, encoding: int = 1) -> bytes:
    """Return a font file that holds nothing but a table of characters."""
    cmap = struct.pack(">HHHHI", 0, 1, platform, encoding, 12) + subtable
    head = b"\0\1\0\0" + struct.pack(">HHHH", 1, 0, 0, 0)
    return head + struct.pack(">4sIII", b"cmap", 0, 12 + 16, len(cmap)) + cmap


def format_4(*segments: tuple[int, int, int, int], glyph_ids: tuple[int, ...] = ()) -> bytes:
    """Segments are (first, last, delta, offset)."""
    lasts, firsts, deltas, offsets = (struct.pack(f">{len(segments)}H", *(s[i] & 0xFFFF for s in segments)) for i in (1, 0, 2, 3))
    body = struct.pack(">HHHH", 2 * len(segments), 0, 0, 0) + lasts + b"\0\0" + firsts + deltas + offsets
    body += struct.pack(f">{len(glyph_ids)}H", *glyph_ids)
    return struct.pack(">HHH", 4, 6 + len(body), 0) + body


def drawn(tmp_path: Path, data: bytes, letters: str, index: int = 0) -> str:
    path = tmp_path / "a.ttf"
    path.write_bytes(data)
    glyphs.coverage.cache_clear()
    found = glyphs.coverage(str(path), index)
    return "".join(c for c in letters if c in found)


def test_format_4_with_deltas_and_glyph_lists(tmp_path: Path) -> None:
    two = format_4((0x41, 0x43, -0x40, 0), (0x61, 0x63, 0, 4), (0xFFFF, 0xFFFF, 1, 0), glyph_ids=(7, 0, 9))
    assert drawn(tmp_path, table(two), "@ABCDabcd\uffff") == "ABCac"
    assert drawn(tmp_path, table(format_4((0x41, 0x42, -0x41, 0), (0xFFFF, 0xFFFF, 1, 0))), "AB") == "B"  # A leads to glyph 0


def test_format_12_beyond_the_basic_plane(tmp_path: Path) -> None:
    groups = struct.pack(">HHIII", 12, 0, 40, 0, 2) + struct.pack(">IIIIII", 0x41, 0x42, 5, 0x20BB7, 0x20BB8, 9)
    assert drawn(tmp_path, table(groups, 3, 10), "@ABC𠮶𠮷𠮸𠮹") == "AB𠮷𠮸"


def test_format_6(tmp_path: Path) -> None:
    assert drawn(tmp_path, table(struct.pack(">HHHHH3H", 6, 16, 0, 0x41, 3, 1, 0, 2), 0, 3), "ABCD") == "AC"


def test_a_font_of_a_collection(tmp_path: Path) -> None:
    font = table(format_4((0x41, 0x41, -0x40, 0), (0xFFFF, 0xFFFF, 1, 0)))
    head = b"ttcf" + struct.pack(">HHII", 1, 0, 1, 16)
    moved = bytearray(font)
    moved[20:24] = struct.pack(">I", 28 + 16)  # the table's place counts from the start of the file
    assert drawn(tmp_path, head + bytes(moved), "AB") == "A"


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 12, b"\0\1\0\0" + bytes(8), table(struct.pack(">HH", 2, 0)), table(format_4(), 1, 0), table(b"\0")[:-1]]
)
def test_what_is_no_font(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(glyphs.FontUnreadable):
        drawn(tmp_path, data, "A")


def test_rare_characters_have_a_font_here_and_private_ones_do_not() -> None:
    assert typeset.missing("第一条 王称堌镇白堽乡𠮷𬱖喆\n\t\u200d\ufe0f") == []
    assert typeset.missing("甲\ue123乙\U0010fff0\ue123") == ["\ue123", "\U0010fff0"]


def test_a_letter_without_a_font_is_written_as_its_code() -> None:
    from quancheng.texts.read import read_file

    words = read_file(typeset.pdf(SOURCE, {"words": ["甲\ue123", "乙"], "n": 3, "none": None}), "a.pdf").replace("\n", "")
    assert words.startswith("甲〔U+E123〕乙") and "没有下列1个字" in words and words.count("U+E123") == 2
    assert "没有下列" not in read_file(typeset.pdf(SOURCE, {"words": ["甲"]}), "a.pdf")


def test_words_are_data_and_never_markup() -> None:
    from quancheng.texts.read import read_file

    assert read_file(typeset.pdf(SOURCE, {"words": ["#panic() *甲* $x$"]}), "a.pdf") == "#panic() *甲* $x$"

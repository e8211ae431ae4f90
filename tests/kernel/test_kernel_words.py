"""Words cleaned of what deceives the eye, codes of letters, files kept whole."""

import pytest

from quancheng.kernel.keeping import keep
from quancheng.kernel.words import LETTERS, clean, letters, one_line, slip_code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  路灯\r\n坏了\r", "路灯\n坏了"), ("甲\x00\x07乙", "甲乙"), ("李\u202e四\u200b", "李四"), ("\ufeff表", "表"),
        ("一\u3164二", "一 二"), ("👨\u200d👩", "👨\u200d👩"), ("\ud800", ""), ("葛\U000e0100", "葛\U000e0100"),
    ],
)  # fmt: skip
def test_what_deceives_the_eye_is_taken_out_and_nothing_else(typed, kept):
    assert clean(typed) == kept == clean(kept)


def test_a_name_is_one_line():
    assert one_line(" 王\n\n小明　") == "王 小明"


def test_codes_are_letters_that_nobody_mistakes():
    assert len(letters(12)) == 12 and set(letters(500)) <= set(LETTERS) and not set("ILOU") & set(LETTERS)
    assert slip_code("a" * 24) == slip_code("a" * 24) != slip_code("b" * 24)


def test_a_file_is_kept_once_and_whole(tmp_path):
    path = tmp_path / "ab" / "name"
    keep(path, b"first")
    keep(path, b"first")
    assert path.read_bytes() == b"first" and [p.name for p in path.parent.iterdir()] == ["name"]
    assert path.stat().st_mode & 0o077 == 0

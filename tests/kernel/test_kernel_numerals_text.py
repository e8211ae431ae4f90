"""Numerals, stored form of text, matching form, search terms, characters as people count."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.numerals import NumeralError, from_chinese, to_chinese
from quancheng.kernel.text import fold, grams, measure, normalise

WRITTEN = [
    (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "一百"), (101, "一百零一"),
    (110, "一百一十"), (111, "一百一十一"), (120, "一百二十"), (1000, "一千"), (1001, "一千零一"),
    (1010, "一千零一十"), (1100, "一千一百"), (1110, "一千一百一十"), (2026, "二千零二十六"), (9999, "九千九百九十九"),
]  # fmt: skip


@pytest.mark.parametrize(("n", "written"), WRITTEN)
def test_c2_3_numbers_are_written_as_in_laws(n: int, written: str) -> None:
    assert to_chinese(n) == written


@settings(deadline=None)
@given(st.integers(1, 9999))
def test_c2_3_numbers_go_round(n: int) -> None:
    written = to_chinese(n)
    assert from_chinese(written) == n
    assert from_chinese(written.replace("零", "〇")) == n
    assert from_chinese(str(n)) == n
    assert from_chinese(str(n).translate({48 + k: 0xFF10 + k for k in range(10)})) == n


def test_c2_3_every_number_has_its_own_writing() -> None:
    assert len({to_chinese(n) for n in range(1, 10_000)}) == 9999


@pytest.mark.parametrize(
    ("s", "n"),
    [("一百〇一", 101), ("一〇一", 101), ("二〇二六", 2026), ("一十", 10), ("两百", 200), ("１ ２", 12), ("一 百", 100)],
)
def test_c2_3_other_ways_of_writing_are_read(s: str, n: int) -> None:
    assert from_chinese(s) == n


@pytest.mark.parametrize(
    "s",
    ["", " ", "零", "0", "10000", "一万", "百", "一百一", "一百零十", "一百零二十", "十百", "一二十", "一百零", "零一百",
     "第一", "-3", "1.5", "abc", "一百零零一", "9" * 5000],
)  # fmt: skip
def test_what_is_no_number_is_refused(s: str) -> None:
    with pytest.raises(NumeralError):
        from_chinese(s)


@pytest.mark.parametrize("n", [0, -1, 10_000])
def test_numbers_out_of_range_are_refused(n: int) -> None:
    with pytest.raises(NumeralError):
        to_chinese(n)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("(一)制定规划；", "（一）制定规划；"),
        ("（ 十二 ) 其他", "（十二） 其他"),
        ("第 一 条　为了", "第一条 为了"),
        ("第　一　百　〇　一　条", "第一百零一条"),
        ("第一百〇一条", "第一百零一条"),
        ("二〇二六年", "二〇二六年"),
        ("第 三 条件成熟", "第 三 条件成熟"),
        ("ＡＢＣ１２３，。（）：", "ABC123，。（）："),
        ("　　本市\t\u00a0行政  区域　", "本市 行政 区域"),
        ("甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        ("濮\u200b阳\ufeff市\x00\u202e", "濮阳市"),
        ("e\u0301", "\u00e9"),
        ("👨\u200d👩\u200d👧 好", "👨\u200d👩\u200d👧 好"),
        ("𠮷\ue000", "𠮷\ue000"),
        ("甲\ud800乙", "甲乙"),
        ("", ""),
    ],
)
def test_c2_3_text_is_stored_in_one_form(raw: str, stored: str) -> None:
    assert normalise(raw) == stored


MESSY = st.text(
    alphabet=st.one_of(
        st.sampled_from("第一二百〇零条款项 　\n\r\t()（）Ａ１\u200b\u200d\ufe0f👩é\u0301𠮷，。“”"), st.characters()
    ),
    max_size=60,
)


@settings(deadline=None)
@given(MESSY)
def test_normalising_twice_changes_nothing(s: str) -> None:
    once = normalise(s)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@settings(deadline=None)
@given(MESSY)
def test_folding_ignores_normalising(s: str) -> None:
    assert fold(fold(s)) == fold(s)


def test_folding_keeps_letters_only() -> None:
    assert fold("　Ａｂ，中 文！（一）㈱") == "ab中文一株"
    assert fold("……！？ ") == ""


@pytest.mark.parametrize(
    ("s", "terms"),
    [
        ("濮阳市", ["濮阳", "阳市"]),
        ("好", ["好"]),
        ("𠮷田𫝀", ["𠮷田", "田𫝀"]),
        ("甲，乙丙", ["甲", "乙丙"]),
        ("用WIFI上网5G", ["用", "wifi", "上网", "5g"]),
        ("一一一", ["一一", "一一"]),
        ("，。 ", []),
    ],
)
def test_search_terms(s: str, terms: list[str]) -> None:
    assert grams(s) == terms


@pytest.mark.parametrize(
    ("s", "n"),
    [("", 0), ("濮阳 市\n", 3), ("𠮷", 1), ("e\u0301", 1), ("q\u0301", 1), ("👨\u200d👩\u200d👧", 1), ("👍🏽", 1), ("🇨🇳🇨🇳", 2),
     ("好，", 2), ("葛\U000e0100", 1)],
)  # fmt: skip
def test_characters_are_counted_as_people_do(s: str, n: int) -> None:
    assert measure(s) == n

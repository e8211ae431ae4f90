"""Counting words, document numbers, look-alike opinions."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.counting import CountError, at_least, at_least_half, more_than_half
from quancheng.kernel.docnum import (
    DocumentNumber,
    DocumentNumberError,
    document_number,
    parse_document_number,
)
from quancheng.kernel.similar import look_alikes


@pytest.mark.parametrize(("votes", "base", "passed"), [(25, 50, False), (26, 50, True), (25, 49, True), (0, 1, False), (1, 1, True)])
def test_r0_1_more_than_half(votes: int, base: int, passed: bool) -> None:
    assert more_than_half(votes, base) is passed


@pytest.mark.parametrize(("n", "base", "reached"), [(25, 50, True), (24, 50, False), (24, 49, False), (25, 49, True)])
def test_r0_1_half_or_more(n: int, base: int, reached: bool) -> None:
    assert at_least_half(n, base) is reached


@settings(deadline=None)
@given(st.integers(1, 10**18), st.data())
def test_r0_1_parts_are_exact(base: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, base))
    low, high = sorted((data.draw(st.integers(1, 50)), data.draw(st.integers(1, 50))))
    assert at_least(n, base, low, high) is (Fraction(n, base) >= Fraction(low, high))
    assert more_than_half(n, base) is (Fraction(n, base) > Fraction(1, 2))


def test_r0_1_two_thirds_of_a_large_house() -> None:
    base = 3 * 10**17
    assert at_least(2 * 10**17, base, 2, 3)
    assert not at_least(2 * 10**17 - 1, base, 2, 3)


@pytest.mark.parametrize(("n", "base"), [(-1, 10), (11, 10), (0, 0), (1, -5)])
def test_r0_1_impossible_counts_are_refused(n: int, base: int) -> None:
    for rule in (more_than_half, at_least_half):
        with pytest.raises(CountError):
            rule(n, base)


@pytest.mark.parametrize(("low", "high"), [(0, 3), (4, 3), (1, 0), (-1, -2)])
def test_impossible_parts_are_refused(low: int, high: int) -> None:
    with pytest.raises(CountError):
        at_least(1, 10, low, high)


def test_document_numbers_are_written_without_zeros() -> None:
    assert document_number("濮人常", 2026, 1) == "濮人常〔2026〕1号"
    assert str(DocumentNumber("濮人常办", 2026, 12)) == "濮人常办〔2026〕12号"


@pytest.mark.parametrize(
    "s", ["濮人常〔2026〕1号", "濮人常[2026]1号", "濮人常（2026）第1号", " 濮人常 【2026】 1 号", "濮人常［２０２６］００１号"]
)
def test_document_numbers_are_read_however_typed(s: str) -> None:
    assert parse_document_number(s) == ("濮人常", 2026, 1)


@settings(deadline=None)
@given(st.text("濮人常办法监财", min_size=1, max_size=8), st.integers(1949, 9999), st.integers(1, 99999))
def test_document_numbers_go_round(mark: str, year: int, n: int) -> None:
    assert parse_document_number(document_number(mark, year, n)) == (mark, year, n)


@pytest.mark.parametrize("s", ["", "濮人常", "〔2026〕1号", "濮人常〔26〕1号", "濮人常〔2026〕0号", "濮人常〔2026〕1", "濮人常〔1900〕1号"])
def test_no_document_number(s: str) -> None:
    with pytest.raises(DocumentNumberError):
        parse_document_number(s)


@pytest.mark.parametrize(("mark", "year", "n"), [("", 2026, 1), ("濮 人", 2026, 1), ("濮", 26, 1), ("濮", 2026, 0)])
def test_document_numbers_that_cannot_be_given(mark: str, year: int, n: int) -> None:
    with pytest.raises(DocumentNumberError):
        document_number(mark, year, n)


LAW = "电动自行车应当停放在划定的停放区域，不得占用消防通道、疏散通道、安全出口停放或者充电。"


def test_s10_alike_opinions_are_found() -> None:
    texts = [
        "我们小区没有充电桩，老人只能从楼上拉线充电，希望先建充电桩再处罚。",
        "建议把罚款降低一点，普通家庭承受不起。",
        "我们小区没有充电桩，老人只能从楼上拉线充电，希望先建充电桩然后再处罚！",
        "建议把罚款降低一点,普通家庭承受不起",
        "学校门口应当增加停放点。",
    ]
    assert look_alikes(texts) == [[0, 2], [1, 3]]


def test_s10_quoting_the_same_law_is_no_likeness() -> None:
    texts = [
        f"草案说“{LAW}”我赞成，消防安全第一。",
        f"草案说“{LAW}”但是没有地方停，怎么办。",
        f"{LAW}这句太绝对，给半年过渡期吧。",
        f"{LAW}处罚标准应该写明。",
    ]
    assert look_alikes(texts, quoted=[LAW]) == []
    assert look_alikes(texts[:2]) == []
    assert look_alikes(texts[2:], threshold=0.5) == [[0, 1]]  # alike as long as the law is not known


def test_s10_short_and_empty_texts() -> None:
    assert look_alikes(["同意", "同意。", "不同意", "", "？", "……", "好", "好"]) == [[0, 1], [6, 7]]
    assert look_alikes([]) == []


def test_s10_a_text_that_only_quotes_is_compared_whole() -> None:
    assert look_alikes([f"“{LAW}”", f"“{LAW}”", "没有意见"], quoted=[LAW]) == [[0, 1]]


def test_s10_small_differences_do_not_chain() -> None:
    rng = random.Random(2)
    text = [chr(rng.randint(0x4E00, 0x9000)) for _ in range(60)]
    steps = []
    for k in range(0, 60, 4):
        text[k : k + 4] = [chr(rng.randint(0x4E00, 0x9000)) for _ in range(4)]
        steps.append("".join(text))
    groups = look_alikes(steps)
    assert groups
    assert all(g[-1] - g[0] <= 4 for g in groups)


def test_s10_three_thousand_opinions() -> None:
    rng = random.Random(1)
    written = ["".join(chr(rng.randint(0x4E00, 0x5200)) for _ in range(50)) for _ in range(2000)]
    copies = [t[:20] + "改" + t[21:] for t in written[:1000]]
    assert look_alikes(written + copies) == [[k, 2000 + k] for k in range(1000)]


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1])
def test_a_threshold_must_be_a_share(threshold: float) -> None:
    with pytest.raises(ValueError, match="相似度"):
        look_alikes(["甲"], threshold=threshold)

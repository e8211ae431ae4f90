"""The QR codes of the pages are those that segno makes, for every version and mask.

Words in bytes fill their code here: where room is left, segno puts a needless zero byte before the padding.
"""

from typing import Any

import pytest
import segno
from playwright.sync_api import Browser

from quancheng.ballots import cards, pages


@pytest.fixture(scope="module")
def made(browser: Browser) -> Any:
    """Make codes in an empty page: [text, mask] → {version, mask, dark}."""
    page = browser.new_page()
    page.add_script_tag(content=pages.source("qr.js"))
    yield lambda cases: page.evaluate(
        "cases => cases.map(([text, mask]) => { const made = QrCode.make(text, mask); return { ...made, dark: made.dark.map(row => [...row]) }; })", cases
    )
    page.close()


def theirs(text: str, mask: int, mode: str) -> list[list[int]]:
    given = text.encode() if mode == "byte" else text
    code = segno.make(given, error="m", mode=mode, mask=mask, boost_error=False, micro=False)
    return [list(row) for row in code.matrix]


def test_every_mask_of_a_card_and_of_words(made: Any):
    cases = [[text, mask] for text in (cards.text(bytes(range(16))), "QC1", "表决卡 1234", "abcdefghijklmn") for mask in range(8)]
    modes = ["byte" if any(one.islower() or ord(one) > 127 for one in text) else "alphanumeric" for text, _ in cases]
    expected = [theirs(text, mask, mode) for (text, mask), mode in zip(cases, modes, strict=True)]
    assert [one["dark"] for one in made(cases)] == expected


def test_every_version(made: Any):
    cases = [["x" * most, version % 8] for version, most in enumerate(segno_room(), 1)]
    found = made(cases)
    assert [one["version"] for one in found] == list(range(1, 41))
    assert [one["dark"] for one in found] == [theirs(text, mask, "byte") for text, mask in cases]


def segno_room() -> list[int]:
    """The most bytes of each version at level M (ISO/IEC 18004, table 7)."""
    return [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857, 911,
        997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
    ]  # fmt: skip


def test_what_is_too_long_is_refused(made: Any):
    with pytest.raises(Exception, match="太长"):
        made([["x" * 2332, 0]])


def test_the_mask_chosen_is_a_good_one(made: Any):
    """Ours may differ from segno's where two are equally good; a card's code has a mask at all and its own format."""
    text = cards.text(bytes(16))
    chosen = made([[text, -1]])[0]
    assert chosen["version"] == 2 and chosen["dark"] == theirs(text, chosen["mask"], "alphanumeric")

"""Text as it is stored, matched, searched and counted.

Source of the writing rules: rulebook C.2 (brackets of items, numbers, spaces inside 第 一 条).
"""

from __future__ import annotations

import re
import unicodedata

_NUMERALS = "〇零一二三四五六七八九十百千两0-9"
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+|[\u2800\u3164\u115f\u1160\uffa0]+")
_EDGES = re.compile(r" *\n *")
_HAS_SPACE_NUMBER = re.compile(
    rf"第 ?([{_NUMERALS}](?: ?[{_NUMERALS}])*) ?"
    r"(条(?![件例])|章(?!程)|节(?!约)|款(?!项)|项(?!目)|编(?![制号码辑])|目(?![录标的]))"
)
_ZERO_IN_NUMBER = re.compile(r"第[零一二三四五六七八九十百千〇]+(?=[编章节条款项目])")
_ITEM = re.compile(r"[(（] ?([一二三四五六七八九十百零〇]+) ?[)）]")
_HALF_WIDTH = {
    code: code - 0xFEE0
    for span in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
    for code in range(*span)
}
_JOINER = "\u200d"
# Han characters with every extension, the two signs 々〇, and the private area where rare names live.
_HAN = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff"
    "\U00020000-\U0003fffd\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _pictograph(c: str) -> bool:
    return bool(c) and (unicodedata.category(c) in {"So", "Sk"} or c == "\ufe0f")


def _visible(s: str) -> str:
    """Without control, format, surrogate and non-characters; a joiner inside an emoji stays."""
    if s.isascii() and s.isprintable():
        return s
    kept: list[str] = []
    for i, c in enumerate(s):
        if c == "\n" or c == "\t":
            kept.append(c)
        elif c == _JOINER:
            if kept and _pictograph(kept[-1]) and _pictograph(s[i + 1 : i + 2]):
                kept.append(c)
        elif unicodedata.category(c) not in {"Cc", "Cf", "Cs"} and ord(c) & 0xFFFE != 0xFFFE:
            kept.append(c)
    return "".join(kept)


def normalise(s: str) -> str:
    """The form in which every text is stored and compared; the words stay as they were.

    NFC; full-width letters and digits become half-width; Chinese punctuation stays; (一) becomes
    （一）; every run of spaces becomes one, none at the edges of a line; 第 一 条 becomes 第一条 and
    第一百〇一条 becomes 第一百零一条; what cannot be seen is removed; line breaks stay, as LF.
    Applying it twice changes nothing more.
    """
    out = _visible(_LINE_BREAKS.sub("\n", s)).translate(_HALF_WIDTH)
    out = unicodedata.normalize("NFC", out)
    out = _EDGES.sub("\n", _SPACES.sub(" ", _SPACES.sub(" ", out))).strip(" ")
    out = _HAS_SPACE_NUMBER.sub(lambda m: f"第{m[1].replace(' ', '')}{m[2]}", out)
    out = _ZERO_IN_NUMBER.sub(lambda m: m[0].replace("〇", "零"), out)
    return _ITEM.sub(lambda m: f"（{m[1].replace('〇', '零')}）", out)


def fold(s: str) -> str:
    """The bare letters of a text, for matching only: NFKC, lower case, no punctuation, no spaces."""
    out = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", s).lower())
    out = _SELECTORS.sub("", out)
    bare = "".join(c for c in out if unicodedata.category(c)[0] not in "PZC" or _private(c))
    return unicodedata.normalize("NFKC", bare)


def _private(c: str) -> bool:
    return unicodedata.category(c) == "Co"


def grams(s: str) -> list[str]:
    """Search terms of a text, in order, repeats kept.

    A run of Chinese characters gives its pairs (a run of one gives the character itself), any other
    word or number gives itself in lower case. Works alike on every database.
    """
    text = _SELECTORS.sub("", unicodedata.normalize("NFKC", s).lower())
    terms: list[str] = []
    for match in _RUNS.finditer(text):
        run = match[1]
        if run is None:
            terms.append(match[2])
        elif len(run) == 1:
            terms.append(run)
        else:
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
    return terms


def measure(s: str) -> int:
    """How many characters a reader sees; spaces and line breaks are not counted.

    An accent, a variant mark or the parts of one emoji do not count on their own.
    """
    count, joined, flag = 0, False, False
    for c in unicodedata.normalize("NFC", s):
        if c == _JOINER:
            joined = True
            continue
        kind = unicodedata.category(c)
        if kind[0] in "ZM" or kind in {"Cc", "Cf", "Cs"} or "\U0001f3fb" <= c <= "\U0001f3ff":
            continue
        regional = "\U0001f1e6" <= c <= "\U0001f1ff"
        if regional and flag:
            flag = False
        elif not (joined and _pictograph(c)):
            count += 1
            flag = regional
        joined = False
    return count

"""Names of roads and streets by their shape: two to four characters before 路, 街 or 大道, after a word that ends before them.

No dictionary: a new road is found on the day it opens; 马路, 一条路 or 修路 are no names.
"""

from __future__ import annotations

import re

_ENDING = re.compile("大道|大街|[路街](?![道办灯面口程况费线网由径标])|胡同")
_PLAIN = frozenset("马道公铁线网思出修走半让问迷水电销后条段一二三四五六七八九十")  # 马路, 思路, 十字路
_ALONE = _PLAIN | frozenset("土老新小大上村乡正主近远弯")  # 在土路上
_WORDS = frozenset({
    "小区", "社区", "农村", "乡村", "门前", "门口", "村里", "水泥", "柏油", "沥青", "石子", "高速", "快速", "步行", "商业",
    "美食", "这么", "那么", "回家", "上学", "下班", "十字", "丁字", "断头", "泥巴", "环村", "进村", "出村", "通村",
})  # fmt: skip
_NEVER = frozenset("的了们我你他她它这那条些有没要不很都就也还个位各每某何其吗呢吧啊被把路街")
_BEFORE = _NEVER | frozenset("在到从至往沿和与及对经位于由住走去过离是将市区县镇乡村办处段口，。、；：！？“”‘’（）《》,.;:!?()\n\t 　")
_VERBS = ("修建", "新建", "改建", "扩建", "拓宽", "整修", "维修", "我们", "封闭", "附近")
_PEOPLE = frozenset({"大家", "孩子", "老人", "全家", "我们", "他们", "这样"})  # 大家一路辛苦
_NUMBERS = frozenset("一二三四五六七八九十")  # 建设一路, 经三路
_MOST, _LEAST = 4, 2


def find(text: str) -> list[tuple[int, int]]:
    """Return start and end of each road name in reading order."""
    if "路" not in text and "街" not in text and "大道" not in text and "胡同" not in text:
        return []
    found: list[tuple[int, int]] = []
    for ending in _ENDING.finditer(text):
        start = _start(text, ending.start(), found[-1][1] if found else 0)
        if start >= 0:
            found.append((start, ending.end()))
    return found


def _start(text: str, ending: int, after: int) -> int:
    """Return where the name begins whose ending stands at `ending`, -1 if it is no name; the shortest that fits counts."""
    for size in range(1, _MOST + 1):
        start = ending - size
        if start < after or text[start] in _NEVER or not "\u4e00" <= text[start] <= "\u9fff":
            return -1
        if size < _LEAST and text[start] in _ALONE and start and text[start - 1] in _BEFORE:
            return -1
        if size >= _LEAST and _begins(text, start, after):
            return start if _is_name(text[start:ending]) else -1
    return -1


def _begins(text: str, start: int, after: int) -> bool:
    return start in (0, after) or text[start - 1] in _BEFORE or text[max(0, start - 2) : start] in _VERBS


def _is_name(stem: str) -> bool:
    if stem in _WORDS or stem[:-1] in _PEOPLE:
        return False
    return stem[-1] not in _PLAIN or (stem[-1] in _NUMBERS and stem[0] not in _NUMBERS)

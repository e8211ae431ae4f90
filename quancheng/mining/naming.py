"""Names of topics from their own words: what its texts say more often than the others do (class-based TF-IDF,
Grootendorst, BERTopic, 2022). A word enters a name only when several texts use it, so that nobody's own words become a
heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from quancheng.mining.vectors import cut

LEAST = 3  # texts that use a word
MOST = 8
_STOP = frozenset(
    "我们 一个 希望 有关 部门 问题 没有 什么 时候 现在 已经 因为 所以 但是 可以 他们 你们 自己 这个 那个 这样 如果 还是 就是 "
    "不是 领导 请问 谢谢 您好 你好 尊敬 相关 政府 建议 反映 情况 进行 解决 处理 今年 去年 以及 或者 而且 由于 对于 关于 通过 要求 "
    "群众 市民 居民 意见 一直 多次 目前 能够 应该 应当 需要 规定 条例 第一 为了 是否 怎么 怎样 非常 一些 这种 大家 知道 感谢 关心 "
    "回复 答复 我家 本人 为什么 才能 经常 老百姓 存在 以上 这么 很多 不要 到底 当时 然后 结果 事实 作为 直接 得到 人民 行为 全体 广大 必须 完全 甚至 根本 任何 只有 只能 咨询 请求 投诉 强烈 不再 居然 竟然 真的 出现 造成 影响 严重 不能 不会 不到 不了 还有 其他 每天 时间 地方 位于 附近 来信 留言 书记 市长 县长".split()
)


def words_of(groups: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    """Return for each group of texts its telling words, the most telling first."""
    held = {number: Counter(word for text in texts for word in set(cut(text)) - _STOP) for number, texts in groups.items()}
    everywhere: Counter[str] = Counter()
    for counter in held.values():
        everywhere.update(counter)
    mean = sum(everywhere.values()) / max(len(held), 1)
    out = {}
    for number, counter in held.items():
        least = min(LEAST, len(groups[number]))
        size = max(len(groups[number]), 1)
        scores = {
            word: times / size * log(1 + mean / everywhere[word]) for word, times in counter.items() if times >= least
        }
        out[number] = _apart(sorted(scores, key=lambda word: (-scores[word], word)))
    return out


def _apart(words: Sequence[str]) -> list[str]:
    """Leave out words that stand inside a more telling one."""
    kept: list[str] = []
    for word in words:
        if len(kept) == MOST:
            break
        if not any(word in other or other in word for other in kept):
            kept.append(word)
    return kept


def names_of(words: Mapping[int, Sequence[str]], fallback: str) -> dict[int, str]:
    """Return a name for each group, no two alike: its two or three first words; the fallback for one without words."""
    out: dict[int, str] = {}
    for number, own in words.items():
        for count in range(2, MOST + 1):
            name = "、".join(own[:count]) or fallback
            if name not in out.values():
                break
        out[number] = name if name not in out.values() else f"{name}（{number}）"
    return out

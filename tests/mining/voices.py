"""Sentences made up from small word lists, so that tests have many voices of their own."""

import random

WHO = ("我们小区", "村东头", "学校门口", "菜市场旁", "老街", "新建的公园", "河堤边", "幼儿园附近", "厂区家属院", "公交终点站")
WHAT = ("的路灯", "的下水道", "的停车位", "的健身器材", "的垃圾桶", "的斑马线", "的公共厕所", "的充电桩", "的绿化带", "的候车亭")
HOW = ("坏了半年没有人修", "一到下雨就不能用", "数量太少不够大家用", "被杂物占着", "晚上看不清楚", "离住户太远", "收费说不明白", "没有人打扫")
WISH = ("请尽快安排人来看一看", "建议写明几天以内修好", "希望公开由谁负责", "最好每个月检查一次", "请把电话贴在旁边", "建议多设几处", "请先问问老人和孩子")


def sentence(draw: random.Random) -> str:
    """One sentence of a made-up resident."""
    return f"{draw.choice(WHO)}{draw.choice(WHAT)}{draw.choice(HOW)}，{draw.choice(WISH)}"


def voice(draw: random.Random, sentences: int = 3) -> str:
    """Some sentences of one resident."""
    return "。".join(sentence(draw) for _ in range(sentences)) + "。"


def nudged(text: str, draw: random.Random, changes: int) -> str:
    """The text with so many characters changed, dropped or put in."""
    out = list(text)
    for _ in range(changes):
        at = draw.randrange(len(out))
        match draw.randrange(3):
            case 0:
                out[at] = draw.choice("人大小上下左右")
            case 1:
                del out[at]
            case _:
                out.insert(at, draw.choice("也都就还很"))
    return "".join(out)

"""What deputies and units of the demo city write about suggestions. Seeded, no database; everything is invented."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from random import Random

from quancheng.demo import writing

OPENINGS = (
    "", "", "近来我在{p}走访，", "下半年我到{p}接待群众，", "群众在联络站跟我说起这件事，", "我在{p}住了二十多年，", "入户时不少人提到，", "选民托我带句话：",
)  # fmt: skip
WHY = (
    "", "事情不大，天天碰上就不小。", "群众盼了好几年。", "花钱不多，受益的人不少。", "这件事牵涉几家，谁都说不是自己的，所以一直没有办成。",
    "我和另外几位代表去看过，情况属实。", "再拖下去，修起来更费钱。", "老人和孩子最盼。",
)  # fmt: skip
ANSWERS = (
    "收到您的建议后，我们当面听取了您的意见，一起看了现场。{a}{more}感谢您对工作的关心。",
    "您提出的问题，我局十分重视，由主要负责人领办，{days}天内三次到{p}现场办公。{a}{more}",
    "经现场核实，您反映的情况属实。{a}{more}欢迎您继续监督。",
    "关于您的建议，我们同有关单位开会商量，请群众代表参加。现将办理情况答复如下：{a}{more}",
)  # fmt: skip
PLANNED = "目前已经完成现场勘查和方案，经费已经列入计划。{b}"
UNABLE = "因建设条件和资金所限，这件事今明两年暂时办不了。我们已经把它列入项目库，条件具备时优先安排，并先采取临时措施。"
BETTER = (
    "根据您的测评意见，我们重新到现场核对，调整了做法：时间提前，责任落实到具体单位，请附近居民一起验收。{a}",
    "上次答复只说了打算，没有说清时间，向您致歉。现在把完成的时间和负责的人列明如下。{a}",
)
VIEW = "我们已经到现场看过，涉及本单位的部分当月就能办好，有关数据已经提供给主办单位。"
TALKS = (
    "当面听取代表意见，一起看了现场。", "电话沟通办理思路，代表提了两条补充意见，已经吸收。", "请代表参加现场会，居民代表也到场。", "登门向代表说明情况，征求对答复稿的意见。",
)  # fmt: skip
SATISFIED = ("办得及时。", "看到了变化，群众也认可。", "答复清楚，说到做到。", "", "沟通了两次，态度好。", "")
BASICALLY = ("总体可以，后续还要盯住。", "进度慢了一点，方向是对的。", "希望把管护的事也落实。")
DISSATISFIED = (
    "只说列入计划，没有说什么时候做完。", "答非所问，问的是支路，答的是主路。", "没有到现场看，和实际情况对不上。", "推给别的单位，没有说清谁来办。",
)  # fmt: skip
STILL = "还是没有解决早高峰的问题。"
OBJECTIONS = ("主要职责在另一部门，建议改由其主办。", "这段道路已经移交，管养责任不在我局，附移交书文号。")
REGIONS = ("请按规定期限办理，办前与代表沟通。", "大会期间提出，请主要负责人领办。", "", "与去年同类建议一并研究，不得照抄去年的答复。")
RETURNS = (
    ("vague", "请补充具体的地点和可以办理的做法。"), ("several", "一件写了三件事，请分开提出。"), ("level", "属于省级事权，建议转为向省人大代表反映。"),
    ("passed_on", "随附的群众来信请走信访渠道，这里只写您的建议。"),
)  # fmt: skip
STEPS = ("完成设计和招标前的准备", "现场开工，完成一半", "请群众和代表一起看了一遍", "全部完成，移交管护")


@dataclass
class Topic:
    """A matter that deputies raise, with what they saw, what they wish, and how the unit answers."""

    unit: str
    helper: str
    category: str
    title: str = ""
    seen: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    done: str = ""
    planned: str = ""


@dataclass(frozen=True)
class Written:
    """One suggestion before it is drafted."""

    topic: Topic
    title: str
    body: str
    place: str
    random: Random


@cache
def topics() -> tuple[Topic, ...]:
    """Return the hand-written topics."""
    found: list[Topic] = []
    for line in writing.text("suggestions.txt").splitlines():
        letter, _, words = line.partition(" ")
        if line.startswith("@"):
            category, helper = words.split()
            found.append(Topic(letter[1:], helper, category))
        elif letter in ("S", "W"):
            (found[-1].seen if letter == "S" else found[-1].wishes).append(words)
        elif letter:
            setattr(found[-1], {"T": "title", "A": "done", "B": "planned"}[letter], words)
    return tuple(found)


def write(seed: int, count: int, units: Collection[str]) -> list[Written]:
    """Return that many suggestions, no two with the same title, on matters of these units."""
    known = [topic for topic in topics() if topic.unit in units]
    rows = {area.code: area for area in writing.areas()}
    towns = [a for a in writing.areas() if a.kind in ("town", "township", "subdistrict")]
    random = Random(f"{seed}:suggestions")  # noqa: S311  # invented data, nothing secret
    pairs = [(topic, town) for topic in known for town in towns]
    random.shuffle(pairs)
    first = {id(topic): (topic, town) for topic, town in reversed(pairs)}  # every topic once before any twice
    ordered = [*first.values(), *(pair for pair in pairs if first[id(pair[0])] != pair)]
    written = []
    for topic, town in ordered[:count]:
        place = town.name if town.kind == "subdistrict" else rows[town.parent].name + town.name
        slots = {"p": place, "n": random.randint(3, 18), "m": random.choice((80, 120, 150, 200))}
        parts = [random.choice(OPENINGS), random.choice(topic.seen), random.choice(WHY), random.choice(topic.wishes)]
        body = "".join(parts).format(**slots)
        written.append(Written(topic, topic.title.format(**slots), body, place, Random(random.random())))  # noqa: S311  # as above
    return written


def answer(written: Written, outcome: str, *, again: bool = False) -> str:
    """Return what the unit answers."""
    random, topic = written.random, written.topic
    slots = {"p": written.place, "n": random.randint(2, 9), "days": random.choice((15, 20, 30)), "more": "", "b": topic.planned}
    if outcome == "C":
        return UNABLE
    did = PLANNED.format(**slots) if outcome == "B" else topic.done
    if again:
        return random.choice(BETTER).format(a=did)
    more = f"下一步，{topic.planned}" if outcome == "A" and random.random() < 0.3 else ""
    return random.choice(ANSWERS).format(**{**slots, "a": did, "more": more})

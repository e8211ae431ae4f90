"""What the people of the demo city write: opinions, names, stations, reasons. Pure and seeded, no database.

The texts are put together from hand-written fragments in `data/`; every person and organisation is invented.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from quancheng.kernel.numerals import from_chinese

DATA = Path(__file__).parent / "data"
AREAS = Path(__file__).parent.parent / "people" / "data" / "areas.csv"

CHANNELS = {"web": 55, "site": 24, "paper": 7, "hotline": 7, "organisation": 4, "deputy": 3}
COUNTIES = {
    "410902": 38, "410928": 18, "410972": 11, "410922": 10, "410923": 8, "410926": 8, "410927": 5, "410971": 2,
}
CAMPAIGN_SHARE = 0.03  # of each of the two campaigns: about 6 % of all opinions are near-copies
ODD_TOPIC = "其他"
LONGEST = 400
ROLE = re.compile(r"保安|教师|上班族|开店|业委会|工地|快递|物业|今年|儿子|我爸|租房|家住|小学|站里|喇叭")
SELF = re.compile(r"^(我|俺|老伴|市民)")


class AreaRow(NamedTuple):
    """One row of the shipped table of areas."""

    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True)
class DraftOpinion:
    """One opinion before it is lodged.

    `anchor` is an article of the text consulted upon or '' for the whole; `duplicate_of` the index of the campaign's
    first letter in the same list; `leads_to` the article of the revised draft that did what the opinion asks, or ''.
    """

    channel: str
    anchor: str
    body: str
    topic: str
    area_code: str
    legal_wording: str = ""
    display_name: str = ""
    organisation: str = ""
    duplicate_of: int | None = None
    leads_to: str = ""


@dataclass(frozen=True)
class SiteDraft:
    """A deputies' liaison station (liaison) or grass-roots legislative contact point (legislation)."""

    code: str
    name: str
    kind: str
    area_code: str
    address: str
    hours: str
    phone: str


class Change(NamedTuple):
    """An article of draft1, the article of draft2 that answers the opinions on it, their topic, and how."""

    old: str
    new: str
    topic: str
    sentence: str


class Template(NamedTuple):
    """A reason for a decision; `text` has the slots {label} (the article) and {topic}."""

    decision: str
    title: str
    text: str


class _Wish(NamedTuple):
    anchor: str
    leads_to: str
    text: str
    legal: str
    side: str


@dataclass(frozen=True)
class _Topic:
    name: str
    weight: int
    seen: list[tuple[str, str]]  # (side, words): sides 1 and 2 of one topic want opposite things, '' fits both
    wishes: list[_Wish]
    why: list[tuple[str, str]]

    def fitting(self, kind: list[tuple[str, str]], side: str) -> list[str]:
        return [words for its_side, words in kind if not its_side or not side or its_side == side]


def text(name: str) -> str:
    """Return a file of the demo data, e.g. 'draft1.txt'. Raises FileNotFoundError."""
    return (DATA / name).read_text(encoding="utf-8")


@cache
def areas() -> tuple[AreaRow, ...]:
    """Return the shipped areas, city first, villages last."""
    with AREAS.open(encoding="utf-8", newline="") as file:
        return tuple(AreaRow(r["code"], r["name"], r["kind"], r["parent"]) for r in csv.DictReader(file))


def article_anchors(source: str) -> list[str]:
    """Return 'a1', 'a2', … for the articles (第X条 at the start of a line) of a text, in order."""
    return [f"a{from_chinese(n)}" for n in re.findall(r"^第([一二三四五六七八九十百零]+)条[　 ]", source, flags=re.M)]


@cache
def _voices() -> dict[str, list[str]]:
    voices: dict[str, list[str]] = {}
    name = ""
    for line in text("voices.txt").splitlines():
        if line.startswith("# "):
            name = line[2:]
            voices[name] = []
        elif line:
            voices[name].append(line)
    return voices


@cache
def _topics(letter: str) -> tuple[_Topic, ...]:
    found: list[_Topic] = []
    for line in text(f"fragments_{letter}.txt").splitlines():
        mark, _, rest = line.partition(" ")
        mark, side = mark[:1], mark[1:]
        if mark == "=":
            name, weight = rest.split()
            found.append(_Topic(name, int(weight), [], [], []))
        elif mark == "o":
            found[-1].seen.append((side, rest))
        elif mark == "r":
            found[-1].why.append((side, rest))
        elif mark == "w":
            anchor, target, words = rest.split(" ", 2)
            plain, _, legal = words.partition(" || ")
            anchor = "" if anchor == "." else anchor
            found[-1].wishes.append(_Wish(anchor, target[1:], plain, legal, side))
    return tuple(found)


def topics(source: str) -> list[str]:
    """Return the theme words of the opinions on a text of the demo city."""
    return [topic.name for topic in _topics(_letter(source))] + [ODD_TOPIC]


def _letter(source: str) -> str:
    title = source.lstrip().split("\n", 1)[0]
    return "a" if "电动自行车" in title else "b" if "饮用水" in title else "c"


def spoken_name(area: AreaRow) -> str:
    """Return how people call a village or community, e.g. 五星集村村委会 -> 五星集村."""
    short = re.sub(r"(村民委员会|居民委员会|村委会|居委会|委员会)$", "", area.name)
    if area.kind == "community":
        return short if short.endswith(("社区", "区", "村")) else short + "社区"
    return short if short.endswith(("村", "社区")) else short + "村"


@cache
def _neighbourhoods() -> dict[str, tuple[list[AreaRow], list[AreaRow]]]:
    result: dict[str, tuple[list[AreaRow], list[AreaRow]]] = {code: ([], []) for code in COUNTIES}
    for area in areas():
        if "类似" in area.name or "虚拟" in area.name:  # codes the statistics need; nobody says he lives there
            continue
        if area.kind == "village":
            result[area.code[:6]][0].append(area)
        elif area.kind == "community":
            result[area.code[:6]][1].append(area)
    return result


def _pick_area(random: Random, rural: bool) -> AreaRow:
    county = random.choices(list(COUNTIES), weights=list(COUNTIES.values()))[0]
    villages, communities = _neighbourhoods()[county]
    in_village = random.random() < (0.9 if rural else 0.3)
    return random.choice((villages if in_village else communities) or villages or communities)


def _fill(words: str, random: Random, place: str) -> str:
    return (
        words.replace("{p}", place)
        .replace("{n}", random.choice("三四五六七八九"))
        .replace("{m}", str(random.choice((15, 20, 25, 30))))
        .replace("{y}", random.choice(("六十三", "六十六", "六十八", "七十一", "七十二", "七十四", "七十七", "八十", "八十二")))
    )


def _stop(words: str) -> str:
    return words if words.endswith(("。", "？", "，", "：")) else words + "。"


def _web(random: Random, seen: str, wish: _Wish, why: str) -> str:
    voices = _voices()
    own = bool(SELF.match(seen))
    openers = [o for o in voices["openers"] if not (own and ROLE.search(o)) and not ("{p}" in seen and "{p}" in o)]
    opener = random.choice(openers) if random.random() < 0.55 else ""
    closer = random.choice(voices["closers"]) if random.random() < 0.4 else ""
    join = random.choice(voices["joins"])
    shape = random.random()
    if shape < 0.28:
        middle = f"{seen}{join}{_stop(wish.text)}{_stop(why)}"
    elif shape < 0.48:
        middle = f"{_stop(wish.text)}{seen}，{_stop(why)}"
    elif shape < 0.68:
        middle = f"{seen}{join}{_stop(wish.text)}"
    elif shape < 0.84:
        middle = f"{seen}。{_stop(why)}{_stop(wish.text)}"
    else:
        middle = f"{_stop(why)}{_stop(wish.text)}{_stop(seen) if random.random() < 0.6 else ''}"
    return opener + middle + closer


def _site(random: Random, seen: str, wish: _Wish, why: str) -> str:
    lead = random.choice(("", "", "村民说：", "口述：", "（本人口述，站里代记）", "老人来站里讲，", "大家伙说，"))
    return lead + random.choice(
        (
            f"{_stop(seen)}{_stop(why)}{_stop(wish.text)}",
            f"{_stop(wish.text)}{_stop(seen)}{_stop(why)}",
            f"{seen}，{_stop(wish.text)}{_stop(why)}",
        )
    )


def _formal(kind: str) -> Callable[[Random, str, _Wish, str], str]:
    def write(random: Random, seen: str, wish: _Wish, why: str) -> str:
        lead = random.choice(_voices()[f"paragraphs_{kind}"])
        if kind == "organisation":
            reason = random.choice(("理由是：群众反映“", "主要考虑：走访中有居民说“", "我们了解到，居民普遍讲“"))
            return f"{lead}{wish.legal}{reason}{why}”。也有人提到“{seen}”。"
        if kind == "deputy":
            return f"{lead}“{seen}”，“{why}”。{wish.legal}"
        return f"{lead}{seen}，{_stop(why)}希望：{_stop(wish.text)}"

    return write


def _paper(random: Random, seen: str, wish: _Wish, why: str) -> str:
    lead = random.choice(("人大领导：你们好。", "起草条例的同志：", "法工委：", "尊敬的代表：", "来信说一件事。", ""))
    closer = random.choice(_voices()["closers"])
    return f"{lead}{_stop(seen)}{_stop(why)}我的意见：{_stop(wish.text)}{closer}"


WRITERS: dict[str, Callable[[Random, str, _Wish, str], str]] = {
    "web": _web, "site": _site, "paper": _paper, "hotline": _formal("hotline"),
    "organisation": _formal("organisation"), "deputy": _formal("deputy"),
}


def _write_one(random: Random, letter: str, known: set[str]) -> DraftOpinion:
    bank = _topics(letter)
    topic = random.choices(bank, weights=[t.weight for t in bank])[0]
    area = _pick_area(random, rural=letter == "b" or topic.name == "农村社区")
    place = spoken_name(area) if random.random() < 0.75 else random.choice(_voices()["places"])
    if topic.name == "农村社区" or letter == "b":
        place = spoken_name(area)
    channel = random.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0]
    wish = random.choice(topic.wishes)
    seen = random.choice(topic.fitting(topic.seen, wish.side))
    why = random.choice(topic.fitting(topic.why, wish.side))
    body = _fill(WRITERS[channel](random, seen, wish, why), random, place)[:LONGEST]
    anchor = wish.anchor if wish.anchor in known and random.random() < 0.93 else ""
    return DraftOpinion(
        channel=channel, anchor=anchor, body=body, topic=topic.name, area_code=area.code,
        legal_wording=wish.legal if channel == "site" else "",
        display_name=random.choice(_voices()["nicknames"]) if channel == "web" and random.random() < 0.15 else "",
        organisation=random.choice(organisations()) if channel == "organisation" else "",
        leads_to=wish.leads_to if anchor else "",
    )


def _odd(random: Random, words: str) -> DraftOpinion:
    return DraftOpinion("web", "", words, ODD_TOPIC, _pick_area(random, rural=False).code)


CAMPAIGNS = (("campaign1", "a21", "a22", "停车收费"), ("campaign2", "a11", "a11", "老旧小区"))
SWAPS = (("一致要求", "强烈要求"), ("要求", "希望"), ("请采纳", "请予以考虑"), ("不能让业主", "不应由业主"), ("我们是", "我们都是"))


def _near_copy(random: Random, leader: str, place: str) -> str:
    body = leader
    for old, new in SWAPS:
        if random.random() < 0.3:
            body = body.replace(old, new, 1)
    tail = "".join(random.sample(_voices()["tails"], random.choice((1, 2))))
    return _fill(body + tail, random, place)


def _campaigns(random: Random, opinions: list[DraftOpinion]) -> None:
    """Turn some of the opinions into two campaigns, in place: a first letter and its near-copies later on."""
    size = round(len(opinions) * CAMPAIGN_SHARE)
    if size < 2:
        return
    taken = sorted(random.sample(range(len(opinions)), 2 * (size + 1)))
    for (name, anchor, target, topic), places in zip(CAMPAIGNS, (taken[::2], taken[1::2]), strict=True):
        leader = _voices()[name][0]
        for index in places:
            area = _pick_area(random, rural=False)
            first = index == places[0]
            opinions[index] = DraftOpinion(
                channel=random.choice(("web", "web", "paper")), anchor=anchor, topic=topic, area_code=area.code,
                body=leader if first else _near_copy(random, leader, spoken_name(area)),
                duplicate_of=None if first else places[0], leads_to=target,
            )


def write_opinions(seed: int, count: int, drafts: Sequence[str] = ()) -> list[DraftOpinion]:
    """Write `count` opinions on the text `drafts[0]` (default: draft1.txt); the same for the same seed.

    Anchors are articles of that text. Campaigns exist only for the main draft.
    """
    source = drafts[0] if drafts else text("draft1.txt")
    letter = _letter(source)
    random = Random(f"{seed}:{letter}")
    known = set(article_anchors(source))
    opinions: list[DraftOpinion] = []
    written: set[str] = set()
    for _ in range(count):
        opinion = _write_one(random, letter, known)
        for _again in range(3):
            if opinion.body not in written:
                break
            opinion = _write_one(random, letter, known)
        written.add(opinion.body)
        opinions.append(opinion)
    if letter == "a":
        _campaigns(random, opinions)
        plain = [i for i, o in enumerate(opinions) if o.topic not in ("停车收费", "老旧小区")]
        odd = _voices()["odd"][: len(plain) // 8]
        for index, words in zip(random.sample(plain, len(odd)), odd, strict=True):
            opinions[index] = _odd(random, words)
    return opinions


def organisations() -> list[str]:
    """Return the invented organisations of the demo city."""
    return list(_voices()["organisations"])


SURNAMES = "贾晁库宗管葛翟路岳蔺鲁仝尚卞冀祝柴阎牛郝申苗霍邢"
GIVEN_FIRST = "守玉廷秋春淑凤庆兆敬瑞彦俊书保新月景"
GIVEN_LAST = "岭芹田霞堂枝亭旺莲忱穗斋芬河茂菊梁顺"


def people(seed: int, n: int) -> list[str]:
    """Return `n` different invented names (surname and two characters), the same for the same seed."""
    if n > len(SURNAMES) * len(GIVEN_FIRST) * len(GIVEN_LAST):
        raise ValueError(f"there are not {n} different names")
    random, names = Random(f"{seed}:people"), dict[str, None]()
    while len(names) < n:
        names[random.choice(SURNAMES) + random.choice(GIVEN_FIRST) + random.choice(GIVEN_LAST)] = None
    return list(names)


LIAISON = (
    "410902001", "410902002", "410902005", "410902006", "410902009", "410902101", "410922100", "410922104",
    "410922200", "410923101", "410923104", "410926101", "410927102", "410927200", "410928100",
    "410928101", "410928102", "410928206", "410928208", "410928213",
)
CONTACT = ("410902008", "410922103", "410926107", "410972062")
STREETS = ("文化路", "和平路", "朝阳街", "育才路", "幸福路", "迎宾街")


def site_names(table: Sequence[AreaRow] | None = None) -> list[SiteDraft]:
    """Return 24 stations: 20 deputies' liaison stations and 4 legislative contact points, with invented addresses."""
    rows = {area.code: area for area in (table or areas())}
    chosen = [(code, "liaison") for code in LIAISON if code in rows] + [(c, "legislation") for c in CONTACT if c in rows]
    sites = []
    for number, (code, kind) in enumerate(chosen, 1):
        area = rows[code]
        town = rows[area.parent].name + area.name if area.name == "城关镇" else area.name
        sites.append(
            SiteDraft(
                code=f"Z{number:02}", kind=kind, area_code=code,
                name=town + ("人大代表联络站" if kind == "liaison" else "基层立法联系点"),
                address=f"{rows[area.parent].name}{area.name}{STREETS[number % len(STREETS)]}{number * 7 % 90 + 1}号",
                hours="周一至周五 8:30—12:00，14:30—17:30" if number % 3 else "每周二、周四 8:30—17:00，赶集日照常",
                phone=f"0393-0000{100 + number}",
            )
        )
    return sites


def more_sites(count: int) -> list[SiteDraft]:
    """Return the stations beyond those of `site_names` up to `count`: one in every other township, then in communities."""
    rows = {area.code: area for area in areas()}
    taken = {*LIAISON, *CONTACT}
    towns = [a for a in areas() if a.kind in ("town", "township", "subdistrict") and a.code not in taken]
    communities = [a for a in areas() if a.kind == "community"]
    chosen = towns + communities[:: max(len(communities) // 60, 1)]
    sites = []
    for number, area in enumerate(chosen[: max(count - len(taken), 0)], len(taken) + 1):
        above = rows[area.parent]
        where = area.name if area.kind == "subdistrict" else above.name + area.name
        sites.append(
            SiteDraft(
                code=f"Z{number:03}", kind="legislation" if number % 30 == 0 else "liaison", area_code=area.code,
                name=where + ("人大代表联络点" if area.kind == "community" else "人大代表联络站"),
                address=f"{where}{STREETS[number % len(STREETS)]}{number * 11 % 120 + 1}号",
                hours=("周一至周五 8:30—12:00，14:30—17:30", "每周二、周四 8:30—17:00，赶集日照常", "每周三 9:00—17:00",
                       "周一至周六 8:00—18:00")[number % 4],
                phone=f"0393-0000{100 + number}",
            )
        )  # fmt: skip
    return sites


def changes() -> list[Change]:
    """Return which article of draft2 answers the opinions on which article of draft1 (18 pairs, two of them new)."""
    return [
        Change("a10", "a10", "充电设施", "将新建小区配建标准提高到每户一个车位，具备充电条件的车位提高到百分之五十。"),
        Change("a11", "a11", "老旧小区", "没有条件的小区不再由物业服务人自行解决，改为由乡镇街道统筹设置公共场所。"),
        Change("a14", "a14", "老旧小区", "明确财政补助、运营单位投资和业主自愿分摊等资金来源。"),
        Change("a16", "a16", "外卖快递", "规定在骑手集中的区域组织设置换电柜，并与住宅建筑保持安全距离。"),
        Change("a17", "a18", "沿街商户", "增加一条，对沿街商户车辆的停放、充电作出规定，禁止从商铺向外牵引电线充电。"),
        Change("a21", "a22", "停车收费", "每户第一辆免收停放费，第二辆起每月不超过十五元，露天无人看管的不得收费。"),
        Change("a22", "a23", "充电价格", "充电费用分为电费和服务费，分别计价列示，服务费设最高标准。"),
        Change("a23", "a24", "充电价格", "增加费用明细和退还剩余预存费用的规定。"),
        Change("a24", "a25", "老年人", "保留刷卡、投币或者人工代办，设置坡道，电动轮椅可以就近安全停放。"),
        Change("a25", "a26", "外卖快递", "设置临时停放区，短时停放不收费，不得以车辆类型为由一律禁止入内。"),
        Change("a26", "a27", "废弃车辆", "清理通知期由十五日延长为三十日，增加保管期，处理所得归全体业主共有。"),
        Change("a29", "a30", "电池更换", "将鼓励回收改为应当回收，可以给予更换补贴，对困难群众适当提高标准。"),
        Change("a30", "a31", "物业责任", "夜间巡查由五次改为两次，允许视频巡查，演练改为每年一次。"),
        Change("a32", "a33", "老年人", "安装电梯智能阻止系统不得影响轮椅、婴儿车和急救担架的使用。"),
        Change("a41", "a41", "罚款", "先责令改正，拒不改正的才处罚款，罚款降为五十元以上二百元以下。"),
        Change("a42", "a42", "罚款", "初次违反且及时改正的给予批评教育，罚款降为一百元以上五百元以下。"),
        Change("a42", "a48", "罚款", "增加一条过渡规定，设施没有建成的，对轻微违规行为以宣传、劝导为主。"),
        Change("a43", "a43", "物业责任", "先责令限期改正，已经劝阻、报告的，对业主个人的违规行为不承担行政责任。"),
    ]


def deletions() -> list[tuple[str, str, str]]:
    """Return (article of draft1, topic, why) for what draft2 leaves out."""
    return [("a39", "罚款", "停放、充电的轻微违规不宜记入信用记录，修改稿删去了这一条。")]


def decision_templates() -> list[Template]:
    """Return the reason templates of the demo city, two or more for each decision."""
    return [
        Template("adopted", "已按意见修改", "您关于{topic}的意见有道理，修改稿已经按照您的意见对{label}作了修改。"),
        Template("adopted", "多人提出，已修改", "关于{topic}，不少群众提出了相同的看法，经研究予以采纳，{label}已作相应修改。"),
        Template("partly", "采纳一部分", "您对{label}的意见，我们采纳了其中能够普遍适用的部分；其余内容各小区情况不同，留给业主商定。"),
        Template("partly", "方向采纳，数额调整", "您关于{topic}的意见，方向我们赞成，具体数额在听取各方意见后作了折中，见对{label}的修改。"),
        Template("covered", "草案已有规定", "您关于{topic}的要求，{label}已经作了规定，文字上虽与您的说法不同，但意思一致，因此没有再改。"),
        Template("covered", "上位法已有规定", "您对{label}提出的问题，国家法律、行政法规已有明确规定，应当直接执行，条例不再重复。"),
        Template("implementation", "交有关部门落实", "您关于{topic}的意见属于执行中的具体问题，已经转有关部门在实施{label}时研究解决。"),
        Template("implementation", "制定配套办法时解决", "您对{label}的意见比较具体，不宜写进条例，将建议有关部门在制定配套办法时吸收。"),
        Template("not_adopted", "与上位法不一致", "您关于{topic}的意见我们认真研究过，因为与法律、行政法规的规定不一致，对{label}没有作修改，请您理解。"),
        Template("not_adopted", "各方意见不一", "对{label}，群众和有关单位的看法差别较大，经比较各方理由，修改稿保留了原来的规定，请您理解。"),
        Template("out_of_scope", "不属于本法规范围", "您反映的问题很重要，但是不属于这部法规调整的范围，我们已经建议有关部门关注，谢谢您的来信。"),
        Template("out_of_scope", "建议向主管部门反映", "这部法规只规定草案所列的事项，您说的情况可以向主管部门或者政务服务热线反映，感谢您参与。"),
    ]


def reply_for(decision: str, topic: str, label: str = "") -> str:
    """Return the reason for a decision on an opinion, with the article's label (第X条) put in; same in, same out.

    Raises KeyError when there is no template for the decision.
    """
    fitting = [t for t in decision_templates() if t.decision == decision]
    if not fitting:
        raise KeyError(decision)
    chosen = fitting[sum(map(ord, topic + label)) % len(fitting)]
    return chosen.text.format(topic=topic, label=label or "草案有关条款")

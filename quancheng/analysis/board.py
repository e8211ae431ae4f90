"""What staff take into a meeting: the figures of one consultation's analysis on a sheet, and two consultations side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from quancheng.analysis import queries
from quancheng.consultations import queries as opinions
from quancheng.consultations.models import Consultation, Opinion
from quancheng.contact import rules
from quancheng.contact.models import SiteProfile
from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.texts import queries as texts

CROWDS = 8  # groups of look-alikes on the sheet
APART = 12  # voices on the sheet that lie badly in their topic
WEEKS = 12
EXCERPT = 120
UNKNOWN_AREA = "未填写"
WHOLE = "全文"
UNDECIDED = "还没有决定"


@dataclass(frozen=True)
class Growth:
    """A topic at the top of the tree, and how many of its opinions came in each week of the sheet."""

    name: str
    weeks: list[int]


@dataclass(frozen=True)
class Board:
    """The sheet: counts are (name, number) rows; areas are (code of six digits or '', name, number)."""

    consultation: Consultation
    state: queries.Overview
    until: date | None  # the day of the last opinion that was read
    channels: list[tuple[str, int]]
    clauses: list[tuple[str, int]]
    areas: list[tuple[str, str, int]]
    decisions: list[tuple[str, int]]
    mondays: list[date]
    growth: list[Growth]
    crowds: list[queries.Group]
    apart: list[tuple[str, Opinion]]  # topic, opinion
    labels: dict[str, str]

    @property
    def total(self) -> int:
        """How many opinions there are, read or not."""
        return sum(n for _name, n in self.channels)


def board(consultation_id: int, actor: Actor, today: date) -> Board:
    """Return the sheet of a consultation. Raises NotAllowed, Consultation.DoesNotExist."""
    state = queries.overview(consultation_id, actor, today)
    found = opinions.consultation_by_id(consultation_id)
    figures, labels = opinions.report_figures(consultation_id), texts.anchors(found.version_id)
    names = people.area_names(set(figures["area"]) - {""} or {"-"})
    areas = sorted(((code, names.get(code, UNKNOWN_AREA), n) for code, n in figures["area"].items()), key=lambda row: -row[2])
    last = state.study.places.aggregate(last=Max("opinion__received_at"))["last"] if state.study else None
    mondays, growth = by_week(state)
    return Board(
        found, state, timezone.localdate(last) if last else None,
        _named(Opinion.Channel.choices, figures["channel"]),
        [(labels.get(anchor, anchor) if anchor else WHOLE, figures["anchor"][anchor]) for anchor in ["", *labels]
         if figures["anchor"].get(anchor)],
        areas, [*_named(Opinion.Decision.choices, figures["decision"]), *_named([("", UNDECIDED)], figures["decision"])], mondays, growth,
        queries.groups(consultation_id, actor)[0][:CROWDS], _apart(state), labels,
    )  # fmt: skip


def by_week(state: queries.Overview) -> tuple[list[date], list[Growth]]:
    """Return the Mondays of the last weeks with opinions, and each top topic's arrivals in them."""
    if state.study is None or not state.lines:
        return [], []
    top = {line.topic.pk: line.topic.pk for line in state.lines}
    top |= {part.topic.pk: line.topic.pk for line in state.lines for part in line.parts}
    placed = state.study.places.exclude(topic=None)
    last = placed.aggregate(last=Max("opinion__received_at"))["last"]
    if last is None:
        return [], []
    latest = timezone.localdate(last)
    latest -= timedelta(days=latest.weekday())
    mondays = [latest - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    arrived = {
        f"w{i}": Count("id", filter=Q(
            opinion__received_at__gte=queries.midnight(monday),
            opinion__received_at__lt=queries.midnight(monday + timedelta(weeks=1)),
        )) for i, monday in enumerate(mondays)
    }  # fmt: skip
    counts: dict[int, list[int]] = {line.topic.pk: [0] * WEEKS for line in state.lines}
    rows: Iterable[Any] = placed.values("topic").order_by().annotate(**arrived)
    for row in rows:
        counts[top[row["topic"]]] = [n + row[f"w{i}"] for i, n in enumerate(counts[top[row["topic"]]])]
    empty = next((i for i in range(WEEKS) if any(weeks[i] for weeks in counts.values())), WEEKS)
    return mondays[empty:], [Growth(line.topic.name, counts[line.topic.pk][empty:]) for line in state.lines]


def _named(choices: Iterable[tuple[str, Any]], counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(label), counts[key]) for key, label in choices if counts.get(key)]


def _apart(state: queries.Overview) -> list[tuple[str, Opinion]]:
    """Return voices that lie badly in their topic, one for each wording, those that lie worst first (S10)."""
    if state.study is None:
        return []
    rows = state.study.places.filter(
        opinion__erased_at=None, topic__isnull=False, leader_id=F("opinion_id"), fit__lt=queries.LIES_WELL
    ).select_related("opinion", "topic")
    return [(place.topic.name, place.opinion) for place in rows.order_by("fit", "opinion_id")[:APART] if place.topic]


def sheet(b: Board) -> list[tuple[str, str, int]]:
    """Return the sheet as rows (what is counted, name, number) for a spreadsheet."""
    rows = [("概况", "意见", b.total), ("概况", "已读意见", b.state.read), ("概况", "不同的说法", b.state.wordings)]
    for line in b.state.lines:
        rows += [("主题", line.topic.name, line.size), *(("主题", f"{line.topic.name} / {p.topic.name}", p.size) for p in line.parts)]
    for head, counts in (("渠道", b.channels), ("条文", b.clauses), ("处理", b.decisions)):
        rows += [(head, name, n) for name, n in counts]
    rows += [("县（区）", name, n) for _code, name, n in b.areas]
    return rows + [("同类的组", _short(one.leader.body), one.size) for one in b.crowds]


def board_body(b: Board, address: Callable[[str, object], str]) -> str:
    """Return the sheet in the markup of publications.documents; `address(name of a page, key)` gives the paths of links."""
    lines = [
        f"{stamp(b)}", "", "同类和主题由系统在本机提出，名称和归类可以由工作人员更正；人数少的说法同样列出。", "",
        "## 主题", "", *_table(("主题", "件数"), [
            (f"[{_plain(line.topic.name)}]({address('topic', line.topic.pk)})", line.size) for line in b.state.lines]),
    ]  # fmt: skip
    if b.mondays:
        head = " | ".join(["主题", *(f"{day:%-m月%-d日}起" for day in b.mondays)])
        lines += ["## 各主题每周收到", "", f"| {head} |", "|---|" + "---|" * len(b.mondays)]
        lines += [f"| {_plain(row.name)} | {' | '.join(map(str, row.weeks))} |" for row in b.growth] + [""]
    lines += ["## 人数最多的同类意见", ""]
    lines += [
        f"- {b.labels.get(one.leader.anchor, WHOLE)}，[{one.size}条]({address('group', one.leader.pk)})：{_short(one.leader.body)}"
        for one in b.crowds
    ] or ["没有发现同类意见。"]
    lines += ["", "## 说法不同的", ""]
    lines += [f"- {_plain(name)}：{_short(one.body)}" for name, one in b.apart] or ["没有。"]
    for head, counts in (("渠道", b.channels), ("条文", b.clauses), ("处理", b.decisions)):
        lines += ["", f"## 按{head}", "", *_table((head, "件数"), counts)]
    return "\n".join([*lines, "## 按地区", "", *_table(("县（区）", "件数"), [(name, n) for _code, name, n in b.areas])])


def stamp(b: Board) -> str:
    """Say from what data, when and by which version the sheet was made."""
    study = b.state.study
    if study is None or study.topics_at is None:
        return f"共{b.total}条意见，已读{b.state.read}条；还没有归纳主题。"
    return (
        f"共{b.total}条意见，已读{b.state.read}条{f'，最后一条收到于{b.until:%Y年%-m月%-d日}' if b.until else ''}；"
        f"主题由{study.topics_of}条归纳，方法第{study.version}版，{study.coverage:.0%}与所在主题贴合。"
    )


def _plain(words: str) -> str:
    """Return words on one line, free of what the markup would read as its own signs."""
    line = " ".join(words.split())
    for sign, written in (("[", "［"), ("]", "］"), ("{+", "｛+"), ("+}", "+｝"), ("|", "｜")):
        line = line.replace(sign, written)
    return line


def _short(words: str) -> str:
    line = _plain(words)
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}……"


def _table(head: tuple[str, str], rows: list[tuple[str, int]]) -> list[str]:
    cells = [f"| {name if name.startswith('[') else _plain(name)} | {number} |" for name, number in rows]
    return [f"| {head[0]} | {head[1]} |", "|---|---|", *cells, ""] if cells else ["没有。", ""]


def middles(on: date) -> dict[str, tuple[Decimal, Decimal]]:
    """Return six-digit code of a county or district -> middle (north, east) of its sites whose place is known (1 statement)."""
    found = SiteProfile.objects.filter(rules.in_force(on, "site__")).exclude(latitude=None)
    places: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for area, north, east in found.values_list("site__area_id", "latitude", "longitude"):
        if north is not None and east is not None:
            places.setdefault(area[:6], []).append((north, east))
    return {
        code: (sum((n for n, _e in spots), Decimal()) / len(spots), sum((e for _n, e in spots), Decimal()) / len(spots))
        for code, spots in places.items()
    }


@dataclass(frozen=True)
class Pair:
    """One line of two consultations side by side: name in the first and in the second, and the numbers."""

    name: str
    other: str
    first: int
    second: int


@dataclass(frozen=True)
class Beside:
    """Two consultations side by side: counts by channel, decision and clause, and the topics of each."""

    first: Board
    second: Board
    channels: list[Pair]
    decisions: list[Pair]
    clauses: list[Pair]
    topics: list[Pair]


def others(consultation_id: int, actor: Actor) -> list[Consultation]:
    """Return the other consultations of the same organ, newest first: those that can be laid beside. Raises NotAllowed."""
    found = opinions.consultation_by_id(consultation_id)
    queries.demand_reading(consultation_id, actor)
    return [one for one in opinions.consultations() if one.pk != found.pk and one.case.organ_id == found.case.organ_id]


def beside(first_id: int, second_id: int, actor: Actor, today: date) -> Beside:
    """Lay two consultations side by side; clauses of two versions of one text are paired as staff matched them.

    Raises NotAllowed, Consultation.DoesNotExist.
    """
    first, second = board(first_id, actor, today), board(second_id, actor, today)
    mine, theirs = opinions.report_figures(first_id)["anchor"], opinions.report_figures(second_id)["anchor"]
    carried = texts.carried(first.consultation.version_id, second.consultation.version_id)
    same = first.consultation.version_id == second.consultation.version_id
    clauses, met = [], set()
    for anchor in ["", *first.labels]:
        new = anchor if same or not anchor else carried.get(anchor, "")
        twin = new if new in second.labels or not anchor else None
        if twin is not None:
            met.add(twin)
        n, m = mine.get(anchor, 0), theirs.get(twin, 0) if twin is not None else 0
        if n or m:
            clauses.append(Pair(first.labels.get(anchor, WHOLE), second.labels.get(twin, WHOLE) if twin is not None else "", n, m))
    clauses += [Pair("", second.labels[a], 0, theirs[a]) for a in second.labels if a not in met and theirs.get(a)]
    return Beside(
        first, second, _paired(first.channels, second.channels), _paired(first.decisions, second.decisions), clauses,
        _paired([(line.topic.name, line.size) for line in first.state.lines],
                [(line.topic.name, line.size) for line in second.state.lines]),
    )  # fmt: skip


def _paired(first: list[tuple[str, int]], second: list[tuple[str, int]]) -> list[Pair]:
    """Pair rows of the same name; those of one side alone follow."""
    mine, theirs = dict(first), dict(second)
    rows = [Pair(name, name if name in theirs else "", n, theirs.get(name, 0)) for name, n in first]
    return rows + [Pair("", name, 0, n) for name, n in second if name not in mine]

"""What the city tells everybody: figures, the summary report (R1.02 立法法 40) and the open data (S26).

No name, no number and no display name leaves this module.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from quancheng.consultations.models import ClauseChange, Consultation, Moderation, Opinion
from quancheng.kernel.align import word_diff
from quancheng.people import queries as people
from quancheng.texts import queries as texts
from quancheng.texts.models import Provision

WHOLE = "全文"
UNKNOWN_AREA = "未填写"
OPEN_STATE = "研究中"  # of every opinion whose author has no answer yet
THEMES = 10
MINORITY = 50
EXCERPT = 160
ADOPTED = ("adopted", "partly", "covered", "implementation")
OPEN_DATA_FIELDS = (
    "public_id", "clause", "channel", "area", "received_on", "text", "state", "decision", "reason", "merged_into",
    "changed_clauses",
)
_FACETS = {"channel": "channel", "anchor": "anchor", "decision": "decision", "state": "state", "visibility": "visibility"}


def _of(consultation_id: int) -> QuerySet[Opinion]:
    return Opinion.objects.filter(consultation_id=consultation_id)


def figures(consultation_id: int) -> dict[str, dict[str, int]]:
    """Return facet -> key -> count, counted now (six statements).

    Facets: channel, anchor ('' = the whole text), decision ('' = none yet), state, visibility, and area (six-digit
    county code, '' = not given).
    """
    found: dict[str, dict[str, int]] = {}
    for facet, column in _FACETS.items():
        rows = _of(consultation_id).values_list(column).annotate(n=Count("id")).order_by()
        found[facet] = {key: number for key, number in rows}
    areas: Counter[str] = Counter()
    for code, number in _of(consultation_id).values_list("area_id").annotate(n=Count("id")).order_by():
        areas[(code or "")[:6]] += number
    found["area"] = dict(areas)
    return found


def _plain(words: str) -> str:
    """Return words on one line, free of what the markup would read as its own signs."""
    line = " ".join(words.split())
    for sign, written in (("[-", "［-"), ("-]", "-］"), ("{+", "｛+"), ("+}", "+｝")):
        line = line.replace(sign, written)
    return line


def _table(head: tuple[str, str], rows: list[tuple[str, int]]) -> list[str]:
    cells = [f"| {_plain(name).replace('|', chr(92) + '|')} | {number} |" for name, number in rows]
    return [f"| {head[0]} | {head[1]} |", "|---|---|", *cells, ""] if cells else ["没有。", ""]


@dataclass
class _Material:
    """What the parts of the report share, read once."""

    consultation: Consultation
    counts: dict[str, dict[str, int]]
    provisions: dict[int, list[Provision]]  # version -> provisions in reading order
    changes: Counter[tuple[str, int, str]]  # (old anchor, version, new anchor) -> opinions

    def label(self, anchor: str, version_id: int | None = None) -> str:
        """Return what a clause is called."""
        if not anchor:
            return WHOLE
        rows = self.provisions.get(version_id or self.consultation.version_id, [])
        return next((row.label for row in rows if row.anchor == anchor and row.label), anchor)

    def order(self) -> list[str]:
        """Return anchors in reading order; opinions on the whole text come first."""
        return ["", *(row.anchor for row in self.provisions.get(self.consultation.version_id, []))]


def _material(consultation_id: int) -> _Material:
    consultation = Consultation.objects.select_related("case", "version").get(pk=consultation_id)
    changes: Counter[tuple[str, int, str]] = Counter()
    linked = ClauseChange.objects.filter(opinion__consultation_id=consultation_id)
    for old, version, new, number in linked.values_list("opinion__anchor", "version_id", "anchor").annotate(
        n=Count("id")
    ).order_by("version_id", "anchor", "opinion__anchor"):
        changes[old, version, new] = number
    provisions: dict[int, list[Provision]] = defaultdict(list)
    wanted = {consultation.version_id, *(version for _, version, _ in changes)}
    for row in Provision.objects.filter(version_id__in=wanted).order_by("version_id", "position"):
        provisions[row.version_id].append(row)
    return _Material(consultation, figures(consultation_id), dict(provisions), changes)


def report_body(consultation_id: int, themes: Sequence[tuple[str, int, str]] = ()) -> str:
    """Return the summary report in the markup of publications.documents, with a fixed number of statements.

    themes: name, number of opinions and path of the page of each topic, as staff left them. Raises Consultation.DoesNotExist.
    """
    material = _material(consultation_id)
    parts = [
        *_about(material), *_received(material), *_themes(themes), *_decisions(material), *_clauses(material),
        *_minority(material), *_changed(material), *_moderated(material),
    ]
    return "\n".join(parts).strip() + "\n"


def _about(m: _Material) -> list[str]:
    c, total = m.consultation, sum(m.counts["channel"].values())
    lines = [
        "## 征求意见的基本情况", "",
        f"{c.opens_on:%Y年%-m月%-d日}至{c.closes_on:%Y年%-m月%-d日}，就《{_plain(c.version.title)}》"
        f"（{_plain(c.version.label)}）公开征求意见，共收到意见{total}件。", "",
    ]
    if c.short_window_decision:
        lines += [f"征求意见不足三十日，依据：{_plain(c.short_window_decision)}。", ""]
    return lines


def _in_order(m: _Material, counts: dict[str, int]) -> list[tuple[str, int]]:
    known = m.order()
    order = known + sorted(set(counts) - set(known))
    return [(m.label(anchor), counts[anchor]) for anchor in order if counts.get(anchor)]


def _received(m: _Material) -> list[str]:
    channels = [(str(label), m.counts["channel"].get(key, 0)) for key, label in Opinion.Channel.choices]
    areas = m.counts["area"]
    names = people.area_names(set(areas) - {""} or {"-"})  # asked even when empty: the statements stay the same
    by_area = sorted(((names.get(code, UNKNOWN_AREA), n) for code, n in areas.items()), key=lambda row: -row[1])
    clauses = m.counts["anchor"]
    themes = sorted(((n, anchor) for anchor, n in clauses.items() if anchor), key=lambda row: (-row[0], row[1]))
    return [
        "## 收到意见的数量", "",
        "按渠道：", "", *_table(("渠道", "件数"), [row for row in channels if row[1]]),
        "按条文：", "", *_table(("条文", "件数"), _in_order(m, clauses)),
        "按地区：", "", *_table(("县（区）", "件数"), by_area),
        "## 意见集中的条文", "",
        *([f"- {m.label(anchor)}：{n}件" for n, anchor in themes[:THEMES]] or ["没有针对具体条文的意见。"]), "",
    ]


def _themes(themes: Sequence[tuple[str, int, str]]) -> list[str]:
    """Tell the topics; each number leads to its opinions."""
    if not themes:
        return []
    rows = [f"| {_plain(name).replace('|', '｜').replace('[', '［').replace(']', '］')} | [{n}]({path}) |" for name, n, path in themes]
    return [
        "## 意见的主题", "", "主题由系统在本机归纳，名称和归类经工作人员核对；点数字可看其中公开显示的意见。", "",
        "| 主题 | 件数 |", "|---|---|", *rows, "",
    ]


def _decisions(m: _Material) -> list[str]:
    counts = m.counts["decision"]
    rows = [(str(label), counts.get(key, 0)) for key, label in Opinion.Decision.choices if counts.get(key)]
    merged = m.counts["state"].get("merged", 0)
    if merged:
        rows.append(("已并入同类意见", merged))
    if open_ones := m.counts["state"].get("received", 0):
        rows.append(("尚在研究", open_ones))
    return ["## 意见的处理", "", *_table(("处理", "件数"), rows)]


def _arguments(m: _Material) -> dict[str, Counter[tuple[str, str]]]:
    """Return anchor -> (decision, reason) -> number of arguments: opinions that were not merged into another."""
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = _of(m.consultation.pk).filter(merged_into=None).exclude(decision="")
    for anchor, decision, reason, n in rows.values_list("anchor", "decision", "reason").annotate(n=Count("id")).order_by():
        found[anchor][decision, reason] += n
    return found


def _voices(m: _Material) -> Counter[tuple[str, str, str]]:
    """Return (anchor, decision, reason) of the leader -> number of opinions merged into it (S10)."""
    found: Counter[tuple[str, str, str]] = Counter()
    rows = _of(m.consultation.pk).filter(merged_into__isnull=False).values_list(
        "merged_into__anchor", "merged_into__decision", "merged_into__reason"
    )
    for anchor, decision, reason, n in rows.annotate(n=Count("id")).order_by():
        found[anchor, decision, reason] += n
    return found


def _clauses(m: _Material) -> list[str]:
    """Tell by clause what was adopted and what not, with reasons; arguments and voices stand apart (S10)."""
    arguments, voices = _arguments(m), _voices(m)
    names = {key: str(label) for key, label in Opinion.Decision.choices}
    lines = ["## 各条意见的采纳情况和理由", ""]
    known = m.order()
    for anchor in [*known, *sorted(set(arguments) - set(known))]:
        if anchor not in arguments:
            continue
        lines += [f"### {m.label(anchor)}", ""]
        rows = sorted(arguments[anchor].items(), key=lambda row: (row[0][0] not in ADOPTED, -row[1], row[0]))
        for (decision, reason), n in rows:
            heard = n + voices[anchor, decision, reason]
            lines.append(f"- {names.get(decision, decision)}（{n}条意见，{heard}人次提出）：{_plain(reason)}")
        lines.append("")
    return lines if arguments else [*lines, "还没有作出决定的意见。", ""]


def _minority(m: _Material) -> list[str]:
    """List arguments that one voice alone made and that were not adopted: they are heard too (S10)."""
    single = _of(m.consultation.pk).filter(
        decision="not_adopted", merged_into=None, merged=None, visibility="shown", erased_at=None
    )
    rows = list(single.order_by("id").values_list("anchor", "body")[: MINORITY + 1])
    lines = ["## 少数意见", ""]
    for anchor, body in rows[:MINORITY]:
        words = _plain(body)
        lines.append(f"- {m.label(anchor)}：{words[:EXCERPT]}{'……' if len(words) > EXCERPT else ''}")
    if not rows:
        lines.append("没有单独提出而未采纳的意见。")
    if len(rows) > MINORITY:
        lines += ["", f"以上列出前{MINORITY}件，其余见开放数据。"]
    return [*lines, ""]


def _changed(m: _Material) -> list[str]:
    """Show each changed clause before and after."""
    lines = ["## 根据意见修改的条文", ""]
    for (old, version, new), n in m.changes.items():
        before = texts.words_under(m.provisions.get(m.consultation.version_id, []), old) if old else ""
        after = texts.words_under(m.provisions.get(version, []), new)
        lines += [
            f"### {m.label(old)} → {m.label(new, version)}", "", f"由{n}件意见促成。", "",
            _marked(before, after) if old else _plain(after), "",
        ]
    return lines if m.changes else [*lines, "没有与意见关联的条文修改。", ""]


def _marked(before: str, after: str) -> str:
    signs = {"same": ("", ""), "del": ("[-", "-]"), "ins": ("{+", "+}")}
    return "".join(
        signs[span.op][0] + span.text + signs[span.op][1]
        for span in word_diff(_plain(before), _plain(after)) if span.text
    )


def _moderated(m: _Material) -> list[str]:
    rows = list(
        Moderation.objects.filter(opinion__consultation_id=m.consultation.pk)
        .values_list("ground", "state").annotate(n=Count("id")).order_by("ground", "state")
    )
    lines = ["## 不公开显示的情况", ""]
    if not rows:
        return [*lines, "没有不公开显示的意见。", ""]
    grounds = {key: str(label) for key, label in Moderation.Ground.choices}
    states = {key: str(label) for key, label in Moderation.State.choices}
    return [*lines, *_table(("依据和状态", "件数"), [(f"{grounds[g]}（{states[s]}）", n) for g, s, n in rows])]


def open_data(consultation_id: int) -> Iterator[dict[str, str]]:
    """Yield every opinion with `OPEN_DATA_FIELDS`, oldest first, streamed.

    The words only where they are public; what was decided only after its author was told.
    """
    version = Consultation.objects.values_list("version_id", flat=True).get(pk=consultation_id)
    labels = {"": WHOLE, **texts.anchors(version)}
    counties = people.area_names({code for code in people.area_codes() if len(code) == 6})
    changed = _changed_labels(consultation_id)
    channels, decisions = dict(Opinion.Channel.choices), dict(Opinion.Decision.choices)
    states = dict(Opinion.State.choices)
    rows = _of(consultation_id).order_by("id").values_list(
        "id", "public_id", "anchor", "channel", "area_id", "received_at", "body", "visibility", "erased_at", "state",
        "decision", "reason", "merged_into__public_id",
    )
    for (pk, public_id, anchor, channel, area, at, body, visibility, erased, state, decision, reason,
         leader) in rows.iterator(chunk_size=2000):
        shown = visibility == Opinion.Visibility.SHOWN and erased is None
        told = state == Opinion.State.REPLIED
        yield {
            "public_id": public_id,
            "clause": labels.get(anchor) or anchor,
            "channel": str(channels.get(channel, channel)),
            "area": counties.get((area or "")[:6], ""),
            "received_on": timezone.localdate(at).isoformat(),
            "text": body if shown else "",
            "state": str(states.get(state, state)) if told else OPEN_STATE,
            "decision": str(decisions.get(decision, decision)) if told else "",
            "reason": reason if told else "",
            "merged_into": (leader or "") if told else "",
            "changed_clauses": "；".join(changed.get(pk, [])) if told else "",
        }


def _changed_labels(consultation_id: int) -> dict[int, list[str]]:
    """Return opinion -> the clauses it changed, as 二审稿第九条."""
    rows = list(
        ClauseChange.objects.filter(opinion__consultation_id=consultation_id).order_by("id")
        .values_list("opinion_id", "version_id", "version__label", "anchor")
    )
    provisions = Provision.objects.filter(version_id__in={version for _, version, _, _ in rows})
    labels = {(v, anchor): label for v, anchor, label in provisions.values_list("version_id", "anchor", "label")}
    found: dict[int, list[str]] = defaultdict(list)
    for opinion, version, name, anchor in rows:
        found[opinion].append(name + (labels.get((version, anchor)) or anchor))
    return found

"""会议记录 and 会议纪要 drafted from what happened: presence, items, speeches with their times, motions, announced results."""

from datetime import datetime

from django.utils import timezone

from quancheng.kernel.numerals import to_chinese as chinese
from quancheng.meetings import rules
from quancheng.meetings.models import AgendaItem, Arrival, Attendee, Leave, Meeting, Motion, Speech
from quancheng.procedures.models import CaseEvent

MEMBER = Attendee.Capacity.MEMBER


def clock(moment: datetime | None) -> str:
    """Return hour and minute at Asia/Shanghai."""
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""


def day(moment: datetime) -> str:
    """Return 2026年3月12日 at Asia/Shanghai."""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日"


def lasted(seconds: int) -> str:
    """Return 9分05秒."""
    return f"{seconds // 60}分{seconds % 60:02d}秒"


class Happened:
    """What happened at a meeting, read once (8 statements and those of the results)."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.items = list(AgendaItem.objects.filter(meeting=meeting))
        self.seats = list(Attendee.objects.filter(meeting=meeting).order_by("number", "id"))
        self.excused = set(
            Leave.objects.filter(attendee__meeting=meeting, granted=True).values_list("attendee_id", flat=True)
        )
        spoken = Speech.objects.filter(meeting=meeting, state=Speech.State.DONE).select_related("attendee")
        self.speeches = list(spoken.order_by("began_at", "id"))
        self.motions = list(
            Motion.objects.filter(meeting=meeting, submitted_at__isnull=False).select_related("lead").order_by("submitted_at")
        )
        self.first: dict[int, datetime] = {}
        for attendee, at in Arrival.objects.filter(attendee__meeting=meeting, what="came").order_by("-at").values_list("attendee_id", "at"):
            self.first[attendee] = at
        self.results = rules.results_of(meeting.pk)
        self.pauses = list(
            CaseEvent.objects.filter(case=meeting.case, step__in=("meeting.recessed", "meeting.changed")).order_by("at")
        )

    @property
    def members(self) -> list[Attendee]:
        """Who has a vote."""
        return [one for one in self.seats if one.capacity == MEMBER]

    @property
    def others(self) -> list[Attendee]:
        """Who came without a vote."""
        return [one for one in self.seats if one.capacity != MEMBER and one.came_at is not None]

    @property
    def came(self) -> list[Attendee]:
        """The members who came."""
        return [one for one in self.members if one.came_at is not None]

    @property
    def away(self) -> list[Attendee]:
        """The members who did not come and had leave."""
        return [one for one in self.members if one.came_at is None and one.pk in self.excused]

    @property
    def absent(self) -> list[Attendee]:
        """The members who did not come and had no leave."""
        return [one for one in self.members if one.came_at is None and one.pk not in self.excused]

    def results_for(self, item: AgendaItem | None) -> list[rules.Announced]:
        """Return the results announced on an item: named for it, or while it was open; with None those of no item."""
        return [one for one in self.results if self._item_of(one) == (item.pk if item else None)]

    def _item_of(self, result: rules.Announced) -> int | None:
        if result.item_id is not None:
            return result.item_id
        for item in self.items:
            if item.opened_at and item.opened_at <= result.at and (item.closed_at is None or result.at <= item.closed_at):
                return item.pk
        return None


def _opening(found: Happened) -> list[str]:
    meeting = found.meeting
    ended = f"至{clock(meeting.closed_at)}" if meeting.closed_at and day(meeting.closed_at) == day(meeting.starts_at) else ""
    if meeting.closed_at and not ended:
        ended = f"至{day(meeting.closed_at)} {clock(meeting.closed_at)}"
    return [
        "## 一、会议概况",
        f"- 时间：{day(meeting.opened_at or meeting.starts_at)} {clock(meeting.opened_at or meeting.starts_at)}{ended}",
        f"- 地点：{meeting.place}",
        f"- 应到{meeting.base}人，开会时出席{meeting.opened_present or 0}人；{rules.quorum_words(meeting.kind, meeting.base)}，符合法定人数。",
        f"- 到会{len(found.came)}人，请假{len(found.away)}人，缺席{len(found.absent)}人，列席{len(found.others)}人。",
    ]


def _speech(one: Speech, with_notes: bool) -> str:
    over = f"，超时{lasted(one.spent - one.limit)}" if one.limit and one.spent > one.limit else ""
    head = f"- {clock(one.began_at)} {one.attendee.name}{one.get_kind_display()}，用时{lasted(one.spent)}{over}。"
    words = one.notes.replace("\n", " ") if with_notes and one.notes_signed_at else ""
    return f"{head}{words}" + ("（本人已签名）" if words else "")


def _item(found: Happened, item: AgendaItem, with_speeches: bool) -> list[str]:
    lines = [f"### （{chinese(item.place)}）{item.title}"]
    if item.opened_at is None:
        return [*lines, "未进行。"]
    ended = f"，{clock(item.closed_at)}结束" if item.closed_at else ""
    lines.append(
        f"{clock(item.opened_at)}开始{ended}；{item.get_form_display()}，{item.get_kind_display()}；开始时出席{item.present}人，符合法定人数。"
    )
    if with_speeches:
        lines += [_speech(one, with_speeches) for one in found.speeches if one.item_id == item.pk]
    lines += [f"表决：{one.title}。{one.sentence}" for one in found.results_for(item)]
    return lines


def _motions(found: Happened) -> list[str]:
    lines = []
    for one in found.motions:
        decided = f"；{one.get_state_display()}：{one.decision}" if one.decision else ""
        lines.append(
            f"- {one.get_kind_display()}“{one.title}”，{one.lead.name}等{one.signed_by}人联名（须{one.needed}人）{decided}。"
        )
    return lines


def _attendance(found: Happened) -> list[str]:
    lines = ["| 序号 | 姓名 | 代表团 | 首次签到 | 情况 |", "| --- | --- | --- | --- | --- |"]
    for one in found.seats:
        if one.capacity != MEMBER and one.came_at is None:
            continue
        state = one.get_capacity_display() if one.came_at else ("请假" if one.pk in found.excused else "缺席")
        left = f"，{clock(one.left_at)}离会" if one.left_at else ""
        lines.append(
            f"| {one.number or ''} | {one.name} | {one.delegation} | {clock(found.first.get(one.pk)) if one.came_at else ''} | {state}{left} |"
        )
    return lines


def record(meeting: Meeting) -> str:
    """Return the draft of the 会议记录: everything with its time, the attendance as an annex."""
    found = Happened(meeting)
    lines = _opening(found)
    lines += [f"- {clock(one.at)} {one.note}" for one in found.pauses if one.step == "meeting.recessed"]
    lines.append("## 二、议程和经过")
    for item in found.items:
        lines += _item(found, item, with_speeches=True)
    lines += [f"表决：{one.title}。{one.sentence}" for one in found.results_for(None)]
    outside = [one for one in found.speeches if one.item_id is None]
    lines += [_speech(one, True) for one in outside]
    if found.motions:
        lines += ["## 三、提出的议案、动议和质询案", *_motions(found)]
    lines += ["## 附：出席情况", *_attendance(found)]
    return "\n".join(lines)


def summary(meeting: Meeting) -> str:
    """Return the draft of the 会议纪要: what was heard, deliberated and decided, without who said what."""
    found = Happened(meeting)
    organ = meeting.case.organ.name
    lines = [
        f"{day(meeting.opened_at or meeting.starts_at)}，{meeting.title}在{meeting.place}举行。"
        f"应到{meeting.base}人，开会时出席{meeting.opened_present or 0}人，符合法定人数（{organ}）。",
        "## 会议进行的议程",
    ]
    verbs = {"hear": "听取", "deliberate": "审议", "vote": "表决", "elect": "选举", "appoint": "任免"}
    for item in found.items:
        if item.opened_at is None:
            continue
        if item.withheld:
            lines.append(f"（{chinese(item.place)}）一项议程按决定不公开：{item.withheld}。")
            continue
        verb = verbs.get(item.kind, "")
        said = f"会议{verb}：" if verb and not item.title.startswith(verb) else "会议" if verb else ""
        lines.append(f"（{chinese(item.place)}）{said}{item.title}。")
        lines += [f"- {one.title}：{one.sentence}" for one in found.results_for(item)]
    lines += [f"- {one.title}：{one.sentence}" for one in found.results_for(None)]
    if found.motions:
        lines += ["## 议案、动议和质询案", *_motions(found)]
    if meeting.kind == Meeting.Kind.CONGRESS:
        lines += ["## 出席", f"到会代表{len(found.came)}人，请假{len(found.away)}人，缺席{len(found.absent)}人，列席{len(found.others)}人。"]
        return "\n".join(lines)
    lines.append("## 出席")
    for label, rows in (("出席", found.came), ("请假", found.away), ("缺席", found.absent), ("列席", found.others)):
        if rows:
            lines.append(f"{label}：{'、'.join(one.name for one in rows)}")
    return "\n".join(lines)

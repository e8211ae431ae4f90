"""Papers for the members: kept by their bytes, theirs from a day on. Nobody records who opened one."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.kernel.filetypes import LARGEST, named, sniffed
from quancheng.kernel.keeping import keep
from quancheng.meetings import rules
from quancheng.meetings.files import path_of
from quancheng.meetings.models import AgendaItem, Paper
from quancheng.meetings.recording import MeetingRefused, enter, meeting_of
from quancheng.people.permissions import Actor

MOST = 200


def add_paper(
    *, meeting_id: int, name: str, data: bytes, by: Actor, at: datetime, item_id: int | None = None,
    visible_on: date | None = None,
) -> Paper:
    """Put a paper to a meeting or to one of its items; members see it from `visible_on`, today where none is given.

    The day on which it was due stands beside it (R4.05). Raises NotAllowed, MeetingRefused, AgendaItem.DoesNotExist.
    """
    found = meeting_of(meeting_id, by, "meeting.prepare", "planned", "called", "open")
    title, media_type = named(name)
    if not title or not media_type:
        raise MeetingRefused("材料只收 PDF、DOCX、XLSX、JPG、PNG 文件。", "file")
    if not data or len(data) > LARGEST:
        raise MeetingRefused(f"材料不能是空的，也不能超过{LARGEST // 1024 // 1024}MB。", "file")
    if sniffed(data) != media_type:
        raise MeetingRefused("文件的内容与它的扩展名不符，没有保存。请检查后重新上传。", "file")
    if Paper.objects.filter(meeting=found, removed_at=None).count() >= MOST:
        raise MeetingRefused(f"一次会议最多{MOST}份材料。", "file")
    item = AgendaItem.objects.get(pk=item_id, meeting=found) if item_id is not None else None
    day = timezone.localdate(at)
    digest = hashlib.sha256(data).hexdigest()
    keep(path_of(digest), data)
    with transaction.atomic():
        made = Paper.objects.create(
            meeting=found, item=item, name=title[-120:], media_type=media_type, size=len(data), digest=digest,
            visible_on=visible_on or day, due_on=rules.paper_due(found, item, day), by_id=by.id, at=at,
        )
        enter("paper_added", found, {"name": made.name}, at, sha256=digest)
    return made


def remove_paper(*, paper_id: int, by: Actor, at: datetime) -> None:
    """Take a paper back; the record keeps its digest. Raises NotAllowed, MeetingRefused, Paper.DoesNotExist."""
    paper = Paper.objects.get(pk=paper_id)
    found = meeting_of(paper.meeting_id, by, "meeting.prepare", "planned", "called", "open")
    with transaction.atomic():
        if not Paper.objects.filter(pk=paper.pk, removed_at=None).update(removed_at=at):
            raise MeetingRefused("这份材料已经撤回。")
        enter("paper_removed", found, {"name": paper.name}, at, sha256=paper.digest)

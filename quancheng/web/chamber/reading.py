"""What the views of the chamber share: moments from forms, one act for each button, papers handed out."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.web import errors
from quancheng.web.parts import now
from quancheng.web.parts.showing import actor_of, day, field

KINDS = (
    ("congress", "人民代表大会会议"), ("standing_committee", "常委会会议"), ("chairpersons", "主任会议"),
    ("township_presidium", "乡镇人大主席团会议"), ("seminar", "座谈会"), ("street_council", "街道议政会"),
)  # fmt: skip
ITEM_KINDS = (
    ("hear", "听取报告"), ("deliberate", "审议"), ("vote", "表决"), ("elect", "选举"), ("appoint", "任免"), ("other", "其他"),
)  # fmt: skip
FORMS = (("plenary", "全体会议"), ("joint", "联组会议"), ("group", "分组会议"))
STATES = (
    ("planned", "筹备中"), ("called", "已通知"), ("open", "正在举行"), ("closed", "已闭会"), ("minuted", "记录已签署"),
    ("archived", "已归档"), ("cancelled", "已取消"),
)  # fmt: skip

Act = Callable[[HttpRequest, int, dict[str, Any]], str]


def moment(request: HttpRequest, name: str) -> datetime.datetime | None:
    """Return the moment posted as a day and a time (`name`_day, `name`_time), or None where either is missing or wrong."""
    on = day(request.POST.get(f"{name}_day"))
    try:
        at = datetime.time.fromisoformat(field(request, f"{name}_time"))
    except ValueError:
        return None
    return timezone.make_aware(datetime.datetime.combine(on, at.replace(tzinfo=None))) if on else None


def needed_moment(request: HttpRequest, name: str) -> datetime.datetime:
    """Return a moment that must be there. Raises MeetingRefused."""
    found = moment(request, name)
    if found is None:
        raise acts.MeetingRefused(_("请填写日期和时间。"), f"{name}_day")
    return found


def press(request: HttpRequest, meeting_id: int, table: Mapping[str, Act]) -> tuple[errors.Refusal, str]:
    """Do what was pressed (`do`); return the refusal, if any, and the sentence of success."""
    done = ""
    with errors.caught() as refusal:
        act = table.get(field(request, "do"))
        if act is None:
            raise acts.MeetingRefused(_("没有这项操作，请刷新页面后再试。"))
        done = act(request, meeting_id, {"by": actor_of(request), "at": now()})
    return refusal, done


def faults_of(refusal: errors.Refusal) -> list[tuple[str, str]]:
    """Return the fault for the top of the form: where, and the sentence."""
    return [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else []

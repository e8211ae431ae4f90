"""The big screen of the hall: presence and quorum, the item, the speaker and his time, the clock. Never how anybody votes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.meetings import queries as meetings
from quancheng.people.permissions import may
from quancheng.voting.board import OutsideHall, demand_hall
from quancheng.web.parts import now, page
from quancheng.web.parts.rendering import local
from quancheng.web.parts.visitors import client_address


def _told(request: HttpRequest, meeting_id: int) -> tuple[meetings.Screen, dict[str, Any]] | None:
    """Return what the screen shows; None for one who is neither in the hall's network nor of its staff."""
    actor = request.actor  # type: ignore[attr-defined]  # set by the Sessions middleware
    try:
        demand_hall(client_address(request))
    except OutsideHall:
        if not may(actor, "meeting.register"):
            return None
    found, at = meetings.screen(meeting_id), now()
    hall, item, speech = found.hall, found.item, found.speech
    missing = hall.quorum - hall.present
    open_now = found.meeting.case.state == "open"
    standing = _("会议已闭会") if found.meeting.case.state == "closed" else _("已达法定人数") if missing <= 0 else _("还差%(n)s人") % {"n": missing}
    words = {
        "title": found.meeting.title, "present": str(hall.present), "quorum": str(hall.quorum), "base": str(hall.base),
        "standing": standing, "clock": f"{local(at):%H:%M}",
        "item": "" if item is None else f"{item.place}. {item.title}",
        "speaker": "" if speech is None else speech.attendee.name + (_("（插话）") if speech.kind == "intervention" else ""),
        "waiting": _("等候发言：") + "、".join(found.waiting) if found.waiting and open_now else "",
    }  # fmt: skip
    told = {
        "words": words, "enough": missing <= 0, "block": [found.block.heading, *found.block.lines] if found.block else [],
        "speech": None if speech is None else {
            "left": found.left(at), "running": speech.running_since is not None, "limited": speech.limit > 0,
        },
    }  # fmt: skip
    return found, told


@page("public")
def screen(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the big screen, in the hall's network or to the staff of meetings."""
    told = _told(request, meeting_id)
    if told is None:
        return HttpResponseRedirect(f"{reverse('sign_in')}?next={request.path}")
    response = render(request, "hall/screen.html", {"meeting": told[0].meeting, "told": told[1]})
    response["Cache-Control"] = "no-store"
    return response


@page("public")
def screen_now(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Tell the screen what is new, once a second."""
    told = _told(request, meeting_id)
    if told is None:
        return HttpResponseRedirect(f"{reverse('sign_in')}?next={request.path}")
    response = JsonResponse(told[1])
    response["Cache-Control"] = "no-store"
    return response

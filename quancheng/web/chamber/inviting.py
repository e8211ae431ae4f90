"""列席 at the secretariat and on the deputy's phone: whose turn it is, who was invited, the answer, the written remark (M41)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.kernel.words import letters
from quancheng.meetings import acts
from quancheng.meetings.queries import inviting
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, press
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, field, go, ids, show, whole


def _invite(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    made = acts.invite_deputies(meeting_id=meeting_id, account_ids=ids(request, "account"), reason=field(request, "reason"), **who)
    return _("已邀请%(n)s位代表，等他们答复。") % {"n": len(made)}


def _head(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.name_head(meeting_id=meeting_id, name=field(request, "name"), post=field(request, "post"), **who)
    return _("已列入列席名单。")


def _withdraw(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.withdraw_invitation(invitation_id=whole(field(request, "invitation")), reason=field(request, "reason"), **who)
    return _("邀请已撤回，他的轮次不变。")


ACTS: dict[str, Act] = {"invite": _invite, "head": _head, "withdraw": _withdraw}


@page("meeting.invite", methods=("GET", "POST"))
def invitations(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show whose turn it is, with the grounds, and who was invited; a named person decides."""
    actor, refusal, number = actor_of(request), errors.Refusal(), page_number(request)
    words = request.GET.get("q", "").strip()[:20]
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_invitations", meeting_id, done=done)
    found = inviting.invitations(meeting_id, actor, today(), number, words)
    return show(
        request, "invitations.html", status=refusal.status, p=found, meeting=found.meeting, number=number, words=words,
        typed=request.POST, chosen=ids(request, "account"), faults=faults_of(refusal),
    )  # fmt: skip


@page("meeting.attend", methods=("GET", "POST"))
def mine(request: HttpRequest) -> HttpResponse:
    """Show a deputy the invitations to attend, and take his answer."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        accept = field(request, "accept") == "yes"
        with errors.caught() as refusal:
            acts.answer_invitation(
                invitation_id=whole(field(request, "invitation")), accept=accept, reason=field(request, "reason"), by=actor, at=now()
            )
        if not refusal:
            done = _("已接受邀请，会议材料在“我的会议”里。") if accept else _("已答复不能到会。")
            return go(request, "desk_invitations_mine", done=done)
    return show(
        request, "invitations_mine.html", status=refusal.status, rows=inviting.my_invitations(actor), typed=request.POST,
        attended=inviting.attended(actor.id), faults=faults_of(refusal),
    )  # fmt: skip


@page("remark.write", methods=("GET", "POST"))
def remark(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Take a written remark from a deputy who attends without a vote."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        form = acts.RemarkForm(
            body=request.POST.get("body", ""), submission_key=field(request, "key"), shown=field(request, "shown") == "yes"
        )
        with errors.caught() as refusal:
            made = acts.remark_as_attendee(meeting_id=meeting_id, form=form, by=actor, at=now())
            return go(request, "desk_remark", made.pk, done=_("已登记，限期书面答复。"))
    seat = inviting.own_seat(meeting_id, actor)
    key = field(request, "key") if refusal else letters(32)
    return show(
        request, "invited_remark.html", status=refusal.status, seat=seat, typed=request.POST, key=key, faults=faults_of(refusal)
    )

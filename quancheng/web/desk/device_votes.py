"""表决器无记名表决 at the secretariat's desk: keys, manifest, opening, the count of presses, decryption, announcement, archive."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.ballots import pages
from quancheng.people.permissions import demand
from quancheng.voting import acts as device
from quancheng.voting import board_queries as queries
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, field, go, show
from quancheng.web.parts.visitors import client_address

DONE = {
    "freeze": "方案已固定，不能再改。请监票人依次生成密钥。", "issue": "表决已经开始。", "close": "表决已经截止，请监票人解密。",
    "announce": "结果已当场宣布。",
}  # fmt: skip
ROUNDS = (("commit", "承诺"), ("open_key", "公开系数"), ("shares", "交换份额"), ("confirm", "确认公钥"))


@page("vote.run", methods=("GET", "POST"))
def vote(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show a device vote with what can be done now, and do it."""
    actor, refusal = actor_of(request), errors.Refusal()
    record = queries.device_record(vote_id, actor)
    if request.method == "POST":
        what = field(request, "do")
        with errors.caught() as refusal:
            _do(what, request, vote_id)
        if not refusal:
            return go(request, "desk_vote_device", vote_id, done=_(DONE.get(what, "")))
        record = queries.device_record(vote_id, actor)
    return show(
        request, "vote_device.html", status=refusal.status, d=record, rounds=ROUNDS,
        faults=[("", refusal.sentence)] if refusal else [],
    )


def _do(what: str, request: HttpRequest, vote_id: int) -> None:
    actor, at = actor_of(request), now()
    if what == "freeze":
        device.freeze(vote_id=vote_id, booth=pages.digest("booth"), by=actor, at=at)
    elif what == "issue":
        device.issue(vote_id=vote_id, network=client_address(request), by=actor, at=at)
    elif what == "close":
        device.close(vote_id=vote_id, by=actor, at=at)
    elif what == "announce":
        device.announce(vote_id=vote_id, by=actor, at=at)


@page("signed_in")
def archive(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Give the archive that anybody can verify offline, to those who run, watch or audit the vote."""
    state = queries.device_state(vote_id)
    if state.state != "announced":
        demand(actor_of(request), "vote.run")
    response = HttpResponse(queries.archive(vote_id), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="vote-{vote_id}.archive"'
    return response

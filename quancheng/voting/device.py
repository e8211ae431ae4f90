"""表决器无记名表决: acts on the board of a vote in the hall. What they mean stands in docs/ballots.md.

Scrutineers, the registrar and voters act by their keys: the signature on what they post is their permission, the hall's
network their place. The server checks, appends to the chain and signs for the board; it can open no ballot.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from quancheng.ballots import ballot as ballots
from quancheng.ballots import cast, tally
from quancheng.ballots.board import Event, check_signature
from quancheng.ballots.canonical import Body, NotCanonical, canonical
from quancheng.ballots.faults import Fault
from quancheng.ballots.invariants import Numbers, PaperQuestion
from quancheng.ballots.manifest import VERSION
from quancheng.ballots.manifest import read as read_manifest
from quancheng.ballots.shape import EVENTS
from quancheng.ballots.shape import check as check_shape
from quancheng.ledger import acts as ledger
from quancheng.meetings import queries as meetings
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.voting import board as boards
from quancheng.voting import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.voting.models import Board, Credential, Official, Question, Result, Vote

TRUSTEES, THRESHOLD = 5, 3


class DeviceRefused(Exception):
    """The device vote cannot go on like this; the sentence says why."""


def register_key(*, vote_id: int, duty: str, key: str, by: Actor, at: datetime) -> Official:
    """Enter the public key that a scrutineer or the registrar made on his own device, before the manifest is frozen.

    Raises Official.DoesNotExist, DeviceRefused, Fault("point").
    """
    boards.GROUP.element(key)
    with transaction.atomic():
        official = Official.objects.select_for_update().select_related("vote__case").get(
            vote_id=vote_id, duty=duty, account_id=by.id
        )
        if Board.objects.filter(vote_id=vote_id).exists():
            raise DeviceRefused("这次表决的方案已经固定，不能再更换公钥。")
        official.key = key
        official.save(update_fields=["key"])
        procedures.note(
            case=official.vote.case, event="voting.key", words=key, by=by, at=at,
            held="vote.register" if duty == Official.Duty.REGISTRAR else "vote.scrutinise",
            shown=f"{official.get_duty_display()}第{official.number}号登记公钥 {key[:16]}……",
        )
    return official


def freeze(*, vote_id: int, booth: str, by: Actor, at: datetime) -> Board:
    """Fix the manifest: questions, base, quorum, scrutineers' keys, the booth page's SHA-256. Nothing changes after.

    Raises NotAllowed, DeviceRefused, Fault("manifest").
    """
    vote = _vote(vote_id)
    demand(by, "vote.prepare", organ=vote.case.organ_id)
    if vote.mode != Vote.Mode.DEVICE or vote.meeting_id is None or vote.case.state != "prepared":
        raise DeviceRefused("只有准备中的表决器无记名表决可以固定方案。")
    hall = meetings.hall(vote.meeting_id)
    officials = list(vote.officials.exclude(duty=Official.Duty.TELLER).select_related("account").order_by("number"))
    trustees = [one for one in officials if one.duty == Official.Duty.SCRUTINEER]
    registrars = [one for one in officials if one.duty == Official.Duty.REGISTRAR]
    if len(trustees) != TRUSTEES or len(registrars) != 1 or not all(one.key for one in officials):
        raise DeviceRefused("须有五名监票人和一名签到组负责人，并且各自登记了公钥。")
    sealed, public = boards.new_secret()
    body: Body = {
        "version": VERSION, "suite": boards.GROUP.name, "group": boards.GROUP.description, "title": vote.title,
        "organ": vote.case.organ.name, "session": hall.title, "base": hall.base, "quorum": hall.quorum,
        "threshold": THRESHOLD, "trustees": [{"name": one.account.name, "key": one.key} for one in trustees],
        "registrar": registrars[0].key, "board": public, "booth": booth, "questions": _questions(vote),
    }  # fmt: skip
    manifest = read_manifest(body)
    with transaction.atomic():
        vote.base, vote.quorum = hall.base, hall.quorum
        vote.save(update_fields=["base", "quorum"])
        try:
            with transaction.atomic():
                made = boards.begin(vote_id, body, sealed)
        except IntegrityError:
            raise DeviceRefused("这次表决的方案已经固定。") from None
        procedures.note(
            case=vote.case, event="voting.frozen", words=manifest.eid.hex(), by=by, at=at, held="vote.prepare",
            shown=f"表决方案已固定，编号 {manifest.eid.hex()}",
        )
    return made


def _questions(vote: Vote) -> list[Body]:
    found: list[Body] = []
    for question in Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"):
        options = sorted(question.options.all(), key=lambda one: one.number)
        found.append({
            "id": f"q{question.number}", "title": question.title, "min": question.least, "max": question.most,
            "rule": {"name": question.rule, "seats": question.seats},
            "options": [{"id": f"q{question.number}o{one.number}", "title": one.title} for one in options],
        })  # fmt: skip
    return found


def _vote(vote_id: int) -> Vote:
    return Vote.objects.select_related("case__organ").get(pk=vote_id)


def post(*, vote_id: int, type: str, body: Body, network: str, at: datetime) -> int:
    """Append what a scrutineer or the registrar signed on his device; return the event's number.

    Types: commit, open_key, shares, confirm, roll, presence, paper, decryption. Raises OutsideHall, Fault, Board.DoesNotExist.
    """
    boards.demand_hall(network)
    judges = {"paper": _paper, "decryption": _decryption, "presence": _presence}
    if type not in judges and type not in boards.SETTING_UP:
        raise Fault("order", "此时不能登记这种事件")
    _demand_shape(type, body)
    with transaction.atomic():
        board = boards.locked(vote_id)
        if type in judges:
            judges[type](board, body)
        else:
            _set_up(board, type, body)
        number = boards.append(board, type, body).number
        if type == "decryption":
            _maybe_publish(board, at)
    return number


def _demand_shape(type_: str, body: Body) -> None:
    check_shape(body, EVENTS[type_])
    try:
        canonical(body)
    except NotCanonical as error:
        raise Fault("shape", "内容的格式不对") from error


def _set_up(board: Board, type_: str, body: Body) -> None:
    boards.judge_setting_up(board, type_, body)
    if type_ == "confirm":
        board.joint = body["joint"]
    if type_ == "roll":
        Credential.objects.bulk_create(
            [Credential(vote_id=board.vote_id, public=text) for text in body["credentials"]], batch_size=500
        )


def _presence(board: Board, body: Body) -> None:
    """Presence is what the check-in desk of the meeting counts, no more and no less (R4.02)."""
    if board.phase == "open":
        manifest = boards.manifest_of(board.vote_id)
        check_signature(manifest.group, manifest.eid, manifest.registrar, "presence", body)
        roll = Credential.objects.filter(vote_id=board.vote_id).count()
        if not board.present <= body["present"] <= roll:
            raise Fault("presence", "到会人数减少了，或者多于名册")
    else:
        boards.judge_setting_up(board, "presence", body)
    vote = _vote(board.vote_id)
    if vote.meeting_id is None or meetings.hall(vote.meeting_id).present != body["present"]:
        raise Fault("presence", "到会人数与会议签到的人数不一致")
    board.present = body["present"]


def _paper(board: Board, body: Body) -> None:
    manifest = boards.manifest_of(board.vote_id)
    check_signature(manifest.group, manifest.eid, manifest.registrar, "paper", body)
    row = Credential.objects.filter(vote_id=board.vote_id, public=body["credential"]).first()
    standing = cast.hand_out_paper(_standing(row))
    if board.phase == "open" and row is not None:
        _keep(row, standing)


def _decryption(board: Board, body: Body) -> None:
    if board.phase != "closed":
        raise Fault("order", "表决尚未截止")
    boards.judge_after_close(board, boards.manifest_of(board.vote_id), "decryption", body)


def issue(*, vote_id: int, network: str, by: Actor, at: datetime) -> Vote:
    """Open the vote: the meeting is open, the quorum is in the hall now, the roll stands (R4.02, hard stop 1).

    Raises NotAllowed, OutsideHall, DeviceRefused, Fault, StepRefused.
    """
    boards.demand_hall(network)
    vote = _vote(vote_id)
    hall = meetings.hall(vote.meeting_id or 0)
    if not hall.has_quorum:
        raise DeviceRefused(
            f"到会{hall.present}人，法定人数为{hall.quorum}人，不能表决（地方组织法第十四条、第五十一条）。"
            if hall.is_open else "会议没有在举行，不能表决。"
        )
    with transaction.atomic():
        board = boards.locked(vote_id)
        if board.phase != "ready" or board.present < hall.present:  # who left since then is 未按
            raise DeviceRefused("请签到组先登记名册，并按现在的签到人数登记到会人数。")
        procedures.perform(case=vote.case, step="issue", by=by, at=at)
        body = boards.posted(board, boards.manifest_of(vote_id), "open", {"at": at.isoformat()})
        boards.append(board, "open", body)
        vote.opens_at = at
        vote.save(update_fields=["opens_at"])
    return vote


def close(*, vote_id: int, by: Actor, at: datetime) -> str:
    """Close the vote and fix the root, which goes to the big screen and the minutes; return it. Raises as `issue`."""
    vote = _vote(vote_id)
    with transaction.atomic():
        board = boards.locked(vote_id)
        manifest = boards.manifest_of(vote_id)
        count, sums = boards.counted_sums(board, manifest)
        procedures.perform(case=vote.case, step="close", by=by, at=at)
        body = {"at": at.isoformat(), "head": board.head, "ballots": count}
        event = boards.append(board, "close", boards.posted(board, manifest, "close", body))
        board.root, board.aggregate = event.hash, boards.as_text(sums) if sums else ""
        board.save(update_fields=["root", "aggregate"])
        vote.closes_at = at
        vote.save(update_fields=["closes_at"])
        ledger.append(
            kind="voting.closed", at=at, organ=vote.case.organ_id, subject=vote.case.number,
            content=event.hash.encode(), salt=ledger.new_salt(), detail={"ballots": count, "root": event.hash},
        )
        _maybe_publish(board, at)
    return event.hash


def press(*, vote_id: int, body: Body, network: str, at: datetime) -> Body:
    """Accept a ballot and return the board's signed receipt; the last press counts until the close.

    The proofs are checked before the lock is taken; what may have changed meanwhile is asked again under it.
    Raises OutsideHall, Fault, Board.DoesNotExist.
    """
    boards.demand_hall(network)
    _demand_shape("cast", {"ballot": body})
    board, manifest = _open_board(vote_id), boards.manifest_of(vote_id)
    row = Credential.objects.filter(vote_id=vote_id, public=body["credential"]).first()
    standing, checked = cast.press(manifest, bytes.fromhex(board.joint), _standing(row), body)
    code = ballots.short(checked.tracker)
    with transaction.atomic():
        board = boards.locked(vote_id)
        now = Credential.objects.get(vote_id=vote_id, public=body["credential"])
        if _standing(now) != _standing(row):
            raise Fault("sequence", "这张卡刚刚在另一台设备上操作过，请再按一次")
        if Credential.objects.filter(vote_id=vote_id, code=code).exclude(pk=now.pk).exists():
            raise Fault("clash", "查询码与另一张选票相同，请再按一次")
        event = boards.append(board, "cast", {"ballot": body})
        now.event, now.code = event.number, code
        _keep(now, standing)
    whole = Event(event.number, "cast", {}, bytes.fromhex(event.hash))
    return cast.receipt(manifest, boards.secret_of(board), whole, checked.tracker)


def audit(*, vote_id: int, body: Body, openings: list[list[Body]], network: str, at: datetime) -> int:
    """Take an audit ballot: opened, checked against what the device said, void. Returns the event's number. Raises as `press`."""
    boards.demand_hall(network)
    _demand_shape("audit", {"ballot": body, "openings": openings})
    board, manifest = _open_board(vote_id), boards.manifest_of(vote_id)
    row = Credential.objects.filter(vote_id=vote_id, public=body["credential"]).first()
    standing = cast.audit(manifest, bytes.fromhex(board.joint), _standing(row), body, openings)
    with transaction.atomic():
        board = boards.locked(vote_id)
        now = Credential.objects.get(vote_id=vote_id, public=body["credential"])
        if _standing(now) != _standing(row):
            raise Fault("sequence", "这张卡刚刚在另一台设备上操作过，请再按一次")
        event = boards.append(board, "audit", {"ballot": body, "openings": openings})
        _keep(now, standing)
    return event.number


def withdraw(*, vote_id: int, body: Body, network: str, at: datetime) -> int:
    """Take a ballot back by the voter's own card, so that he may have paper. Returns the event's number. Raises as `press`."""
    boards.demand_hall(network)
    _demand_shape("withdraw", body)
    manifest = boards.manifest_of(vote_id)
    with transaction.atomic():
        board = boards.locked(vote_id)
        row = Credential.objects.filter(vote_id=vote_id, public=body["credential"]).first()
        standing = cast.withdraw(manifest, _standing(row), body)
        event = boards.append(board, "withdraw", body)
        assert row is not None  # cast.withdraw refused otherwise
        row.event, row.code = None, None
        _keep(row, standing)
    return event.number


def _open_board(vote_id: int) -> Board:
    board = Board.objects.get(vote_id=vote_id)
    if board.phase != "open":
        raise Fault("order", "表决已经截止，这次没有计入" if board.root else "表决还没有开始")
    return board


def _standing(row: Credential | None) -> cast.Standing | None:
    return None if row is None else cast.Standing(row.state, row.seq, row.tracker)


def _keep(row: Credential, standing: cast.Standing) -> None:
    row.state, row.seq, row.tracker = standing.state, standing.seq, standing.tracker
    row.save(update_fields=["state", "seq", "tracker", "event", "code"])


def paper_count(*, vote_id: int, count: Body, signatures: list[Body], network: str, at: datetime) -> int:
    """Post the count of the paper ballots with the scrutineers' signatures; return the event's number.

    `count` is what both tellers found: {"box", "questions": [{"valid", "void", "marks"}]}. Raises OutsideHall, Fault.
    """
    boards.demand_hall(network)
    with transaction.atomic():
        board = boards.locked(vote_id)
        if board.phase != "closed":
            raise Fault("order", "表决尚未截止")
        body = {"root": board.root, **count, "signatures": signatures}
        _demand_shape("paper_count", body)
        if count["box"] > Credential.objects.filter(vote_id=vote_id, state=cast.PAPER).count():  # R5.19 选举法 44
            raise Fault("invariant", "票箱中的纸票多于发出的纸票，本次表决无效，须宣布作废并重新表决")
        boards.judge_after_close(board, boards.manifest_of(vote_id), "paper_count", body)
        event = boards.append(board, "paper_count", body)
        _maybe_publish(board, at)
    return event.number


def _maybe_publish(board: Board, at: datetime) -> None:
    """Post the result as soon as everything it needs is on the board (≤ 2 s after the third share)."""
    manifest = boards.manifest_of(board.vote_id)
    issued = Credential.objects.filter(vote_id=board.vote_id, state=cast.PAPER).count()
    counted = boards.bodies(board.vote_id, "paper_count")
    shares = {body["trustee"]: body for body in boards.bodies(board.vote_id, "decryption")}
    sums = boards.sums_of(board)
    if (sums and len(shares) < manifest.threshold) or (issued and not counted):
        return
    electronic = Credential.objects.filter(vote_id=board.vote_id, state=cast.ELECTRONIC).count()
    marks = (
        tally.open_sums(manifest.group, sums, shares, manifest.threshold, electronic)
        if sums else [[0] * len(question.options) for question in manifest.questions]
    )  # fmt: skip
    paper, box = tally.no_paper(manifest), 0
    if counted:
        box = counted[0]["box"]
        paper = tuple(PaperQuestion(one["valid"], one["void"], tuple(one["marks"])) for one in counted[0]["questions"])
    numbers = Numbers(manifest.base, board.present, electronic, issued, box, tuple(map(tuple, marks)), paper)
    body = {"head": board.head, **tally.result(manifest, numbers)}
    boards.append(board, "result", boards.posted(board, manifest, "result", body))
    Result.objects.create(
        vote_id=board.vote_id, present=board.present, issued=electronic + issued, cast=electronic + box,
        found=canonical(body).decode(), counted_at=at,
    )


def announce(*, vote_id: int, by: Actor, at: datetime) -> Result:
    """Announce on the spot what stands on the board (R4.16). Raises NotAllowed, DeviceRefused, StepRefused."""
    vote = _vote(vote_id)
    demand(by, "vote.announce", organ=vote.case.organ_id)
    with transaction.atomic():
        if Board.objects.filter(vote=vote, phase="done").first() is None:
            raise DeviceRefused("还没有结果：须先截止，由三名以上监票人解密；发出过纸票的，还须完成纸票计票。")
        result = Result.objects.select_for_update().get(vote=vote)
        for step in ("count", "check", "announce"):
            procedures.perform(case=vote.case, step=step, by=by, at=at)
        result.announced_at = at
        result.save(update_fields=["announced_at"])
        ledger.append(
            kind="voting.announced", at=at, organ=vote.case.organ_id, subject=vote.case.number,
            content=result.found.encode(), salt=ledger.new_salt(),
            detail={"cast": result.cast, "issued": result.issued, "present": result.present},
        )
    return result


def check_paper_signature(
    *, vote_id: int, count: Body, trustee: int, signature: list[str], network: str, at: datetime
) -> None:
    """Check a scrutineer's signature on the paper count of a closed vote; it writes nothing. Raises OutsideHall, Fault."""
    boards.demand_hall(network)
    board, manifest = Board.objects.get(vote_id=vote_id), boards.manifest_of(vote_id)
    if board.phase != "closed" or not 1 <= trustee <= len(manifest.trustees):
        raise Fault("count", "表决尚未截止，或者监票人的序号不对")
    body = {"root": board.root, **count, "sig": signature}
    check_signature(manifest.group, manifest.eid, manifest.trustees[trustee - 1], "paper_count", body)

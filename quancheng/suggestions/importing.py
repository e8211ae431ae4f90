"""Suggestions handed in on paper: checked as a dry run, then taken in whole or not at all."""

from datetime import datetime

from django.db import IntegrityError, transaction

from quancheng.people.permissions import Actor, demand
from quancheng.suggestions import drafting, rules
from quancheng.suggestions.forms import BadBatch, Row, read_all
from quancheng.suggestions.models import ImportBatch, ImportFault, Session, Sponsor, Suggestion, UnitProposal
from quancheng.suggestions.packs import digest_of, keep, kept, path_of
from quancheng.suggestions.papers import checked

FAULTS = 500


def check_files(
    *, files: list[tuple[str, bytes]], organ: str, session_id: int | None, by: Actor, at: datetime
) -> ImportBatch:
    """Read and check files without taking anything in: a dry run that says what is wrong where.

    `files` are (name, bytes) of .docx forms and .xlsx tables. Raises NotAllowed, BadBatch.
    """
    demand(by, "suggestion.import", organ=organ)
    if session_id is not None and not Session.objects.filter(pk=session_id, organ_id=organ).exists():
        raise BadBatch("没有这次会议。")
    digest = digest_of(files, session_id)
    earlier = ImportBatch.objects.filter(organ_id=organ, digest=digest).exclude(state=ImportBatch.State.REFUSED).first()
    if earlier is not None:
        if earlier.state == ImportBatch.State.IMPORTED:
            raise BadBatch("这些文件已经录入，不能重复录入。")
        return earlier
    rows = read_all(files, at)
    faults = [(row.place, column, message) for row in rows for column, message in row.faults]
    state = ImportBatch.State.REFUSED if faults else ImportBatch.State.CHECKED
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                organ_id=organ, session_id=session_id, digest=digest, files=len(files), rows=len(rows), state=state,
                by_id=by.id, at=at,
            )
            ImportFault.objects.bulk_create(
                [
                    ImportFault(batch=batch, place=place[:160], column=column, message=message[:300])
                    for place, column, message in faults[:FAULTS]
                ]
            )
            if not faults:
                keep(digest, files)
    except IntegrityError as error:
        raise BadBatch("这些文件刚刚已由他人上传，请刷新页面查看。") from error
    return batch


def import_batch(*, batch_id: int, by: Actor, at: datetime) -> list[Suggestion]:
    """Take in a checked batch whole or not at all; the signatures stand on the paper (R7.03). Units are only proposed.

    Raises NotAllowed, BadBatch.
    """
    batch = ImportBatch.objects.select_related("session").get(pk=batch_id)
    demand(by, "suggestion.import", organ=batch.organ_id)
    if batch.state != ImportBatch.State.CHECKED:
        raise BadBatch("这批文件没有通过核对，或者已经录入。")
    rows = read_all(kept(batch), at)
    if faulty := next((row for row in rows if row.faults), None):
        raise BadBatch(f"{faulty.place}“{faulty.faults[0][0]}”：{faulty.faults[0][1]}")
    with transaction.atomic():
        waiting = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.CHECKED)
        if not waiting.update(state=ImportBatch.State.IMPORTED, imported_at=at):
            raise BadBatch("这批文件刚刚已由他人录入。")
        made = [_take_in(batch, number, row, by, at) for number, row in enumerate(rows)]
        transaction.on_commit(lambda: path_of(batch.digest).unlink(missing_ok=True))
    return made


def _take_in(batch: ImportBatch, number: int, row: Row, by: Actor, at: datetime) -> Suggestion:
    assert row.paper is not None  # rows without faults have one
    made = drafting.create(
        checked(row.paper), "", batch.organ_id, f"batch:{batch.pk}:{number}:{batch.digest[:20]}", row.lead, by,
        at, Suggestion.Source.PAPER,
    )
    Suggestion.objects.filter(pk=made.pk).update(session=batch.session)
    Sponsor.objects.bulk_create(
        [
            Sponsor(
                suggestion=made, account_id=pk, place=place, state=Sponsor.State.CONFIRMED, asked_at=at, answered_at=at,
                reason="纸质签名",
            )
            for place, pk in enumerate(row.others[: rules.MOST_SPONSORS], start=1)
        ]
    )
    UnitProposal.objects.bulk_create(
        [UnitProposal(suggestion=made, unit_id=code, role=role) for code, role in row.units]
    )
    drafting.hand_in(made, "enter", by, at)
    return made

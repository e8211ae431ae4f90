"""Files that belong to a case: kept by their digest; the type is what the bytes say, not what the name says."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from quancheng.handling.files import LARGEST, TYPES, sniffed, store
from quancheng.handling.models import Answer, Attachment, Milestone, SupervisionEntry
from quancheng.handling.recording import HandlingRefused, case_of, demand_office, note
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.models import Case

MOST = 40  # files of a case


def attach(
    *, case_id: int, name: str, data: bytes, by: Actor, at: datetime, answer_id: int | None = None,
    milestone_id: int | None = None, entry_id: int | None = None,
) -> Attachment:
    """Put a file to a draft answer, a milestone, an entry of supervision, or to the case itself (its office).

    Raises NotAllowed, HandlingRefused (empty, too large, or of another type than its name says).
    """
    case = case_of(case_id)
    held = _demand(case, by, answer_id, milestone_id, entry_id)
    made = Attachment(case=case, answer_id=answer_id, milestone_id=milestone_id, entry_id=entry_id)
    return keep(made, name=name, data=data, by=by, at=at, held=held)


def _demand(case: Case, by: Actor, answer_id: int | None, milestone_id: int | None, entry_id: int | None) -> str:
    """Return the permission under which a file is put where it shall be. Raises NotAllowed, HandlingRefused."""
    if answer_id is not None:
        answer = Answer.objects.select_related("assignment").get(pk=answer_id, assignment__case=case)
        demand(by, "handling.answer", organ=answer.assignment.unit_id)
        if answer.signed_at is not None:
            raise HandlingRefused("答复已经签发，不能再加附件。", "file")
        return "handling.answer"
    if milestone_id is not None:
        step = Milestone.objects.select_related("commitment").get(pk=milestone_id, commitment__case=case)
        demand(by, "handling.answer", organ=step.commitment.unit_id)
        return "handling.answer"
    if entry_id is not None:
        entry = SupervisionEntry.objects.select_related("key_file").get(pk=entry_id, key_file__case=case)
        demand(by, "handling.supervise_key", organ=entry.key_file.committee_id)
        return "handling.supervise_key"
    return demand_office(case, by)


def keep(made: Attachment, *, name: str, data: bytes, by: Actor, at: datetime, held: str) -> Attachment:
    """Check and store a file and its row; for matters that let an author put files to his own case.

    Raises HandlingRefused.
    """
    title = Path(name.replace("\\", "/")).name.strip()
    ending = Path(title).suffix.lower()
    if not title or ending not in TYPES:
        raise HandlingRefused("附件只收 PDF、JPG、PNG、DOCX、XLSX 文件。", "file")
    if not data or len(data) > LARGEST:
        raise HandlingRefused(f"附件不能是空的，也不能超过{LARGEST // 1024 // 1024}MB。", "file")
    if sniffed(data) != TYPES[ending]:
        raise HandlingRefused("文件的内容与它的扩展名不符，没有保存。请检查后重新上传。", "file")
    if Attachment.objects.filter(case=made.case).count() >= MOST:
        raise HandlingRefused(f"一件事项最多{MOST}个附件。", "file")
    digest = hashlib.sha256(data).hexdigest()
    store(digest, data)
    made.name, made.media_type, made.size = title[-120:], TYPES[ending], len(data)
    made.digest, made.by_id, made.at = digest, by.id, at
    with transaction.atomic():
        made.save(force_insert=True)
        note("attached", made.case, digest, by, at, held, sha256=digest)
    return made

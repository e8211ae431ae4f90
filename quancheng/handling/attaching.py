"""Files that belong to a case: kept by their digest; the type is what the bytes say, not what the name says."""

import hashlib
import io
import os
import zipfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quancheng.handling.models import Answer, Attachment, Milestone, SupervisionEntry
from quancheng.handling.recording import HandlingRefused, case_of, demand_office, note
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.models import Case

LARGEST = 20 * 1024 * 1024
MOST = 40  # files of a case
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    ".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".docx": _WORD,
    ".xlsx": _SHEET,
}  # fmt: skip


def sniffed(data: bytes) -> str:
    """Return the media type that the bytes show; '' for none that is taken."""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return ""


def _office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return ""
    if "[Content_Types].xml" not in names or unpacked > 200 * LARGEST // 20:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):  # macros are not taken
        return ""
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else ""


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
    _store(digest, data)
    made.name, made.media_type, made.size = title[-120:], TYPES[ending], len(data)
    made.digest, made.by_id, made.at = digest, by.id, at
    with transaction.atomic():
        made.save(force_insert=True)
        note("attached", made.case, digest, by, at, held, sha256=digest)
    return made


def path_of(digest: str) -> Path:
    """Return where a file of that digest is kept."""
    return Path(settings.MEDIA_ROOT) / "handling" / digest[:2] / digest


def _store(digest: str, data: bytes) -> None:
    path = path_of(digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{digest}.{os.getpid()}.part")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

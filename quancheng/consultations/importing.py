"""批量导入: letters and hotline notes from a table, checked row by row first, then taken in all or nothing."""

import csv
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.consultations import loading, ordering, receiving, rules, tables
from quancheng.consultations.models import Consultation, ImportBatch, ImportFault, Opinion
from quancheng.consultations.tables import BadBatch
from quancheng.consultations.tallies import refresh_tallies
from quancheng.kernel import numerals
from quancheng.kernel.text import measure
from quancheng.kernel.words import spelled
from quancheng.ledger import acts as ledger
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import jobs
from quancheng.texts import queries as texts

Report = Callable[[int, str], None]
CLAUSE, BODY, WORDING, CHANNEL = "条款", "意见内容", "法言表述", "渠道"
AREA, NAME, PHONE, DAY = "区划代码", "显示名", "联系电话", "收到日期"
COLUMNS = (CLAUSE, BODY, WORDING, CHANNEL, AREA, NAME, PHONE, DAY)
CHANNELS = {"来信": "paper", "热线": "hotline", "": "paper"}
CHUNK = 2000
NUMBERS = 500  # telephone numbers kept in one transaction
FAULTS = 200
TAKES = ("open", "closed", "sorted")  # a letter that came in time is often typed in after the last day


class AlreadyImported(ValueError):
    """This very file was handed in before."""


@dataclass
class _Known:
    """What the cells of a row may refer to."""

    anchors: dict[str, str]  # anchor -> label
    by_label: dict[str, str]  # label -> anchor
    areas: set[str]
    first: date
    today: date


@dataclass
class _Row:
    number: int
    anchor: str
    body: str
    legal_wording: str
    channel: str
    area: str
    display_name: str
    phone: str
    day: date | None


def template_csv() -> bytes:
    """Return a filled-in sample table (UTF-8 with BOM, so that spreadsheets read it right)."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(["第三条", "建议在社区门口公示办事电话。", "", "来信", "", "王先生", "", ""])
    writer.writerow(["", "希望条例写得通俗一些，老人也能看懂。", "", "热线", "", "", "", ""])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def check_batch(*, consultation_id: int, file_name: str, data: bytes, by: Actor, at: datetime) -> ImportBatch:
    """Check a table (CSV or .xlsx) and keep it for `import_batch`; nothing is imported yet.

    The batch returned is `checked`, or `refused` with its first 200 faults. Raises NotAllowed, BadBatch,
    AlreadyImported.
    """
    consultation = Consultation.objects.select_related("case").get(pk=consultation_id)
    demand(by, "opinion.import", organ=consultation.case.organ_id)
    _check_window(consultation)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_second(consultation_id, digest)
    known = _known(consultation, at)
    count, faults = 0, list[tuple[int, str, str]]()
    for number, cells in tables.rows(data, COLUMNS, BODY):
        count += 1
        if len(faults) < FAULTS:
            faults += _read(number, cells, known)[1]
    if not count:
        raise BadBatch("表格中没有意见，请在表头下逐行填写后再上传。")
    state = ImportBatch.State.REFUSED if faults else ImportBatch.State.CHECKED
    stored = "" if faults else f"{consultation_id}-{digest}"
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                consultation=consultation, file_name=file_name[-200:], file_digest=digest, stored_name=stored,
                state=state, rows=count, created_by_id=by.id, created_at=at,
            )
            ImportFault.objects.bulk_create(
                [ImportFault(batch=batch, row=row, column=column, message=message)
                 for row, column, message in faults[:FAULTS]]
            )
            if stored:
                _keep(stored, data)
    except IntegrityError as error:  # the same file came in by another hand at this moment
        raise AlreadyImported("同一文件刚刚已由他人上传，请刷新页面查看。") from error
    return batch


def _check_window(consultation: Consultation) -> None:
    if consultation.case.state not in TAKES:
        raise BadBatch("征求意见尚未开始，或者意见已经逐条研究完毕，现在不能导入意见。")


def _refuse_second(consultation_id: int, digest: str) -> None:
    earlier = ImportBatch.objects.filter(consultation_id=consultation_id, file_digest=digest).exclude(
        state=ImportBatch.State.REFUSED
    ).first()
    if earlier is not None:
        raise _already(earlier)


def _already(batch: ImportBatch) -> AlreadyImported:
    if batch.imported_at is not None:
        when = timezone.localtime(batch.imported_at)
        return AlreadyImported(f"这个文件已于{when:%Y年%-m月%-d日 %H:%M}导入，不能重复导入。")
    when = timezone.localtime(batch.created_at)
    return AlreadyImported(f"这个文件已于{when:%Y年%-m月%-d日 %H:%M}上传（{batch.get_state_display()}），请在导入记录中查看。")


def _known(consultation: Consultation, at: datetime) -> _Known:
    anchors = texts.anchors(consultation.version_id)
    return _Known(
        anchors=anchors, by_label={label: anchor for anchor, label in reversed(anchors.items()) if label},
        areas=people_queries.area_codes(), first=consultation.opens_on, today=rules.local_date(at),
    )


def _path(stored: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / stored


def _keep(stored: str, data: bytes) -> None:
    """Keep the file readable by this user alone: it may hold telephone numbers (S01)."""
    path = _path(stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{stored}.{os.getpid()}.part")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    fresh.replace(path)


def anchor_of(words: str, known_labels: dict[str, str], anchors: dict[str, str]) -> str | None:
    """Return the anchor for 第十二条, 第12条, 12, a12 or blank (''); None when the draft has no such clause."""
    asked = "".join(words.split())
    if asked in ("", "全文"):
        return ""
    if asked in anchors:
        return asked
    if asked in known_labels:
        return known_labels[asked]
    try:
        number = numerals.from_chinese(asked.removeprefix("第").removesuffix("条"))
    except numerals.NumeralError:
        return None
    return known_labels.get(f"第{numerals.to_chinese(number)}条")


def _read(number: int, cells: dict[str, str], known: _Known) -> tuple[_Row, list[tuple[int, str, str]]]:
    """Return the row and its faults (row, column, message)."""
    faults: list[tuple[int, str, str]] = []

    def fault(column: str, message: str) -> None:
        faults.append((number, column, message))

    body, wording = cells[BODY], cells[WORDING]
    if measure(body) == 0:
        fault(BODY, "意见内容是空的。")
    for column, words in ((BODY, body), (WORDING, wording)):
        if len(words) > rules.LONGEST:
            fault(column, f"超过{rules.LONGEST}字，现有{len(words)}字，请分条填写。")
    anchor = anchor_of(cells[CLAUSE], known.by_label, known.anchors)
    if anchor is None:
        fault(CLAUSE, f"草案中没有“{cells[CLAUSE][:30]}”。可以写“第十二条”“12”，或者留空。")
    if cells[CHANNEL] not in CHANNELS:
        fault(CHANNEL, f"渠道只能是“来信”或者“热线”，现为“{cells[CHANNEL][:30]}”。")
    if cells[AREA] and cells[AREA] not in known.areas:
        fault(AREA, f"没有区划代码“{cells[AREA][:30]}”。")
    if len(cells[NAME]) > 20:
        fault(NAME, "显示名最多20字。")
    phone = cells[PHONE]
    if phone:
        try:
            sealing.clean_phone(phone)
        except sealing.BadPhone as error:
            fault(PHONE, str(error))
    day = None
    if cells[DAY]:
        day, message = _day(cells[DAY], known)
        if message:
            fault(DAY, message)
    return _Row(
        number, anchor or "", body, wording, CHANNELS.get(cells[CHANNEL], "paper"), cells[AREA], cells[NAME], phone, day
    ), faults


def _day(words: str, known: _Known) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None, f"日期请写成 2026-11-20 的样子，现为“{words[:30]}”。"
    if day > known.today:
        return day, "收到日期不能晚于今天。"
    if day < known.first:
        return day, f"收到日期早于征求意见开始之日（{known.first:%Y-%m-%d}）。"
    return day, ""


def import_batch(*, batch_id: int, by: Actor, at: datetime, report: Report | None = None) -> int:
    """Take in a checked batch whole or not at all; return how many opinions were taken in.

    Everything is made ready first; then all is written in one short transaction, so that nobody who hands in his
    opinion meanwhile waits for the file. Raises NotAllowed, AlreadyImported, BadBatch.
    """
    batch = ImportBatch.objects.select_related("consultation__case").get(pk=batch_id)
    demand(by, "opinion.import", organ=batch.consultation.case.organ_id)
    if batch.state == ImportBatch.State.IMPORTED:
        raise _already(batch)
    if batch.state not in (ImportBatch.State.CHECKED, ImportBatch.State.IMPORTING):
        raise BadBatch("这个文件没有通过核对，请改正后重新上传。")
    _check_window(batch.consultation)
    tell = report or (lambda percent, note: None)
    attempt = _Attempt(batch, _next_try(batch), _stored_rows(batch, at), by, at)
    ready = _made_ready(attempt, tell)
    try:
        for earlier in range(1, attempt.number):  # what a killed try left
            _forget_numbers(attempt, earlier)
        _keep_numbers(attempt, tell)
        _write(attempt, ready, tell)
    except BaseException:
        _forget_numbers(attempt, attempt.number)
        raise
    refresh_tallies(at=at)
    return len(attempt.rows)


@dataclass
class _Attempt:
    """One try to import a batch. Each gives its own public ids, so that two at once cannot hurt each other."""

    batch: ImportBatch
    number: int
    rows: list[_Row]
    by: Actor
    at: datetime

    def public_id(self, row: _Row, number: int | None = None) -> str:
        """Return the id of a row in the ledger: computed, so that what a killed try left is found; nobody can guess it."""
        place = f"{self.batch.consultation_id}:{self.batch.file_digest}:{row.number}:{number or self.number}"
        secret = sealing.index("import", place)
        return "o" + spelled(secret[:20])


def _next_try(batch: ImportBatch) -> int:
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(tries=F("tries") + 1)
        return ImportBatch.objects.values_list("tries", flat=True).get(pk=batch.pk)


@dataclass
class _Ready:
    """What is written at the end: rows for the table of opinions, and their entries."""

    opinions: list[tuple[object, ...]]
    entries: list[Entry]


def _made_ready(attempt: _Attempt, tell: Report) -> _Ready:
    """Return all rows as they will be stored, computed without touching the database."""
    batch, rows = attempt.batch, attempt.rows
    quotes = _quotes(batch.consultation.version_id, {row.anchor for row in rows})
    ready, columns = _Ready([], []), loading.columns(Opinion)
    for start in range(0, len(rows), CHUNK):
        opinions = [_opinion(attempt, row, quotes) for row in rows[start : start + CHUNK]]
        ready.opinions += loading.prepared(columns, opinions)
        ready.entries += receiving.received_entries(opinions=opinions, consultation=batch.consultation, at=attempt.at)
        done = min(start + CHUNK, len(rows))
        tell(done * 40 // len(rows), f"已准备 {done} / {len(rows)} 件")
    return ready


def _keep_numbers(attempt: _Attempt, tell: Report) -> None:
    """Record apart whose letters these are (S01), in steps. Without their opinions these records say nothing."""
    numbers = [(attempt.public_id(row), row.phone) for row in attempt.rows if row.phone]
    for start in range(0, len(numbers), NUMBERS):
        some = numbers[start : start + NUMBERS]
        people.record_authorships(rows=some, at=attempt.at)
        tell(40 + (start + len(some)) * 20 // len(numbers), f"已加密保存电话 {start + len(some)} / {len(numbers)} 个")


def _forget_numbers(attempt: _Attempt, number: int) -> None:
    """Take back the numbers that a try kept, in steps."""
    subjects = [attempt.public_id(row, number) for row in attempt.rows if row.phone]
    for start in range(0, len(subjects), NUMBERS):
        people.forget_authors(subjects=subjects[start : start + NUMBERS], at=attempt.at)


def _write(attempt: _Attempt, ready: _Ready, tell: Report) -> None:
    """Write opinions and entries in one transaction. Raises AlreadyImported, BadBatch."""
    batch, total = attempt.batch, len(ready.opinions)
    mine = ImportBatch.objects.filter(
        pk=batch.pk, state__in=[ImportBatch.State.CHECKED, ImportBatch.State.IMPORTING], tries=attempt.number
    )
    with transaction.atomic():
        held = Consultation.objects.select_for_update(of=("self",), no_key=True)  # who hands in does not wait for it
        _check_window(held.select_related("case").get(pk=batch.consultation_id))  # decided while the file was read?
        if not mine.update(state=ImportBatch.State.IMPORTED, imported_at=attempt.at):
            raise AlreadyImported("这个文件刚刚已导入，或者正在由另一次操作导入，不能重复导入。")
        for start in range(0, total, CHUNK):
            loading.insert(Opinion, ready.opinions[start : start + CHUNK])
            ledger.append_many(entries=ready.entries[start : start + CHUNK], at=attempt.at)
            done = min(start + CHUNK, total)
            tell(60 + done * 39 // total, f"已导入 {done} / {total} 件")
        transaction.on_commit(lambda: _path(batch.stored_name).unlink(missing_ok=True))


def _stored_rows(batch: ImportBatch, at: datetime) -> list[_Row]:
    """Read the kept file again; what no longer passes is refused. Raises BadBatch."""
    try:
        data = _path(batch.stored_name).read_bytes()
    except OSError as error:
        now = ImportBatch.objects.get(pk=batch.pk)
        if now.state == ImportBatch.State.IMPORTED:  # another was faster, and the file went with it
            raise _already(now) from error
        raise BadBatch("找不到上传的文件，请重新上传。") from error
    if hashlib.sha256(data).hexdigest() != batch.file_digest:
        raise BadBatch("保存的文件与核对时不同，没有导入，请重新上传。")
    known = _known(batch.consultation, at)
    rows = []
    for number, cells in tables.rows(data, COLUMNS, BODY):
        row, faults = _read(number, cells, known)
        if faults:
            raise BadBatch(f"第{faults[0][0]}行“{faults[0][1]}”：{faults[0][2]}")
        rows.append(row)
    return rows


def _quotes(version_id: int, anchors: set[str]) -> dict[str, str]:
    """Return the words of each clause as they stood when people spoke about them."""
    provisions = texts.provisions(version_id)
    return {anchor: texts.words_under(provisions, anchor) if anchor else "" for anchor in anchors}


def _opinion(attempt: _Attempt, row: _Row, quotes: dict[str, str]) -> Opinion:
    batch, at = attempt.batch, attempt.at
    return Opinion(
        consultation_id=batch.consultation_id, batch_id=batch.pk, public_id=attempt.public_id(row),
        receipt_code=receiving.new_receipt_code(), submission_key=_key(batch, row), channel=row.channel,
        anchor=row.anchor, quoted=quotes[row.anchor], body=row.body, legal_wording=row.legal_wording,
        salt=ledger.new_salt(), display_name=row.display_name, visibility=Opinion.Visibility.SHOWN,
        area_id=row.area or None, entered_by_id=attempt.by.id, received_at=_moment(row.day, at),
    )


def _key(batch: ImportBatch, row: _Row) -> str:
    """Return the submission key: the same row of the same file to the same consultation, once for ever."""
    return f"batch:{batch.consultation_id}:{batch.file_digest[:16]}:{row.number}"


def _moment(day: date | None, at: datetime) -> datetime:
    """Return the moment of reception: noon of the day on the letter, never later than now."""
    if day is None:
        return at
    return min(datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone()), at)


def request_import(*, batch_id: int, by: Actor, at: datetime) -> int:
    """Order the import of a checked batch as a background job; return its id, the same when asked twice.

    Raises NotAllowed, AlreadyImported, BadBatch.
    """
    batch = ImportBatch.objects.select_related("consultation__case").get(pk=batch_id)
    demand(by, "opinion.import", organ=batch.consultation.case.organ_id)
    if batch.state == ImportBatch.State.IMPORTED:
        raise _already(batch)
    if batch.state not in (ImportBatch.State.CHECKED, ImportBatch.State.IMPORTING):
        raise BadBatch("这个文件没有通过核对，请改正后重新上传。")
    _check_window(batch.consultation)
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch_id, state=ImportBatch.State.CHECKED).update(
            state=ImportBatch.State.IMPORTING
        )
        return ordering.order("consultations.import", f"{batch_id}:{by.id}", key=f"import:{batch_id}", at=at)


@jobs.job("consultations.import")
def _import_job(argument: str, report: Report) -> None:
    """Import in the background what a named person ordered; a batch already imported is left as it is."""
    batch_id, account_id = argument.split(":")
    at = timezone.now()
    by = people_queries.actor_for(int(account_id), rules.local_date(at))
    try:
        import_batch(batch_id=int(batch_id), by=by, at=at, report=report)
    except AlreadyImported:
        return
    except BadBatch as error:  # trying again would not help: say why, and leave the way free for a mended file
        with transaction.atomic():
            going = ImportBatch.objects.filter(pk=int(batch_id), state=ImportBatch.State.IMPORTING)
            if going.update(state=ImportBatch.State.REFUSED):
                ImportFault.objects.create(batch_id=int(batch_id), row=1, column="文件", message=str(error)[:200])

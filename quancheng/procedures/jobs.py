"""Background jobs in the database: enqueued in the caller's transaction, at least once, with lease and retry.

The shape follows Django 6's Tasks (a named function and its argument), so that another backend can take over.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from quancheng.procedures import queries
from quancheng.procedures.models import Job

Report = Callable[[int, str], None]
Handler = Callable[[str, Report], None]
LEASE = timedelta(minutes=5)
ATTEMPTS = 4
_HANDLERS: dict[str, Handler] = {}
_PERIODIC: dict[str, tuple[int, Callable[[], None]]] = {}
_log = logging.getLogger(__name__)


def job(name: str) -> Callable[[Handler], Handler]:
    """Register a handler: `handler(argument, report)`; `report(percent, note)` shows progress. Must be idempotent."""

    def enter(handler: Handler) -> Handler:
        _HANDLERS[name] = handler
        return handler

    return enter


def periodic(name: str, seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a sweep that the worker runs about every `seconds`; racing workers must be harmless."""

    def enter(sweep: Callable[[], None]) -> Callable[[], None]:
        _PERIODIC[name] = (seconds, sweep)
        return sweep

    return enter


def sweeps() -> dict[str, tuple[int, Callable[[], None]]]:
    """Return the registered sweeps: name -> (seconds, function)."""
    return dict(_PERIODIC)


def enqueue(name: str, argument: str = "", *, at: datetime, key: str | None = None) -> Job:
    """Write a job in the caller's transaction; with a `key`, only once. Raises KeyError for an unknown name."""
    _HANDLERS[name]
    if key is None:
        return Job.objects.create(name=name, argument=argument, run_at=at)
    return Job.objects.get_or_create(key=key, defaults={"name": name, "argument": argument, "run_at": at})[0]


def claim(worker: str, at: datetime) -> Job | None:
    """Take the next due job under a lease, or None. A job whose lease ran out is taken again, or ends dead."""
    with transaction.atomic():
        Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=at, attempts__gte=ATTEMPTS).update(
            state=Job.State.DEAD, error="多次中断，未能完成", done_at=at
        )
        due = Job.objects.filter(
            Q(state=Job.State.READY, run_at__lte=at) | Q(state=Job.State.RUNNING, lease_until__lt=at)
        ).order_by("run_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        found = due.first()
        if found is None:
            return None
        Job.objects.filter(pk=found.pk).update(
            state=Job.State.RUNNING, lease_until=at + LEASE, worker=worker, attempts=F("attempts") + 1
        )
        found.refresh_from_db()
        return found


def run_due(worker: str) -> bool:
    """Run one due job; True if there was one. A failure is retried later, at last marked dead with its error."""
    found = claim(worker, timezone.now())
    if found is None:
        return False
    mine = Job.objects.filter(pk=found.pk, worker=worker, state=Job.State.RUNNING)
    stop = threading.Event()
    threading.Thread(target=_keep_lease, args=(found.pk, worker, stop), daemon=True).start()

    def report(percent: int, note: str) -> None:
        if connection.in_atomic_block:  # a row written here would be seen only at the end: leave a file instead
            queries.progress_file(found.pk).write_text(f"{percent} {note[:200]}", encoding="utf-8")
        else:
            mine.update(progress=percent, note=note[:200], lease_until=timezone.now() + LEASE)

    try:
        _HANDLERS[found.name](found.argument, report)
    except Exception as error:  # noqa: BLE001  # a failed job must not end the worker; it is recorded and retried
        _log.exception("job %s %s failed", found.name, found.pk)
        again = found.attempts < ATTEMPTS
        now = timezone.now()
        mine.update(
            state=Job.State.READY if again else Job.State.DEAD, error=str(error)[:2000], lease_until=None,
            run_at=now + timedelta(seconds=5 * 2**found.attempts), done_at=None if again else now,
        )
    else:
        mine.update(state=Job.State.DONE, progress=100, done_at=timezone.now(), lease_until=None)
    finally:
        stop.set()
        queries.progress_file(found.pk).unlink(missing_ok=True)
    return True


def _keep_lease(pk: int, worker: str, stop: threading.Event) -> None:
    while not stop.wait(LEASE.total_seconds() / 3):
        try:
            Job.objects.filter(pk=pk, worker=worker, state=Job.State.RUNNING).update(lease_until=timezone.now() + LEASE)
        except DatabaseError:  # busy just now: the lease holds for two more tries
            _log.warning("the lease of job %s could not be renewed", pk)
    connection.close()

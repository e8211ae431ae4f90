"""The worker: runs due jobs and the periodic sweeps. One or more may run; racing workers are harmless."""

import logging
import os
import signal
import socket
import threading
import time

from django.db import close_old_connections
from django.utils import timezone

from quancheng.analysis import topics as analysis
from quancheng.consultations import acts as consultations
from quancheng.consultations import tasks as consultation_tasks
from quancheng.contact import tasks as contact_tasks
from quancheng.handling import tasks as handling_tasks
from quancheng.ledger import acts as ledger
from quancheng.meetings import public_sweeps
from quancheng.people import tasks as people_tasks
from quancheng.petitions import tasks as petition_tasks
from quancheng.procedures import jobs
from quancheng.projects import tasks as project_tasks
from quancheng.voting import tasks as voting_tasks

_log = logging.getLogger(__name__)


@jobs.periodic("ledger.seal", 1)
def _seal() -> None:
    ledger.seal(at=timezone.now())


@jobs.periodic("consultations.tallies", 2)
def _tallies() -> None:
    consultations.refresh_tallies(at=timezone.now())


jobs.periodic("analysis.read", 3)(analysis.sweep)
jobs.periodic("consultations.open", 60)(consultation_tasks.open_due)
jobs.periodic("handling.sweep", 60)(handling_tasks.sweep)
jobs.periodic("contact.sweep", 60)(contact_tasks.sweep)
jobs.periodic("voting.close_polls", 60)(voting_tasks.sweep)
jobs.periodic("petitions.sweep", 60)(petition_tasks.sweep)
jobs.periodic("projects.sweep", 60)(project_tasks.sweep)
jobs.periodic("meetings.public", 3600)(public_sweeps.sweep)
jobs.periodic("people.notices", 5)(people_tasks.send_notices)
jobs.periodic("people.forget", 3600)(people_tasks.forget)


def run(*, once: bool = False, with_parent: bool = False) -> None:
    """Run jobs and sweeps until SIGTERM; with `once`, each sweep once and all due jobs, then return.

    With `with_parent` it also ends when the process that started it is gone.
    """
    stop = threading.Event()
    parent = os.getppid()
    if not once:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    name = f"{socket.gethostname()[:20]}:{os.getpid()}:{threading.get_ident() % 10000}"
    due: dict[str, float] = {}
    while not stop.is_set() and not (with_parent and os.getppid() != parent):
        close_old_connections()
        for sweep_name, (seconds, sweep) in jobs.sweeps().items():
            if time.monotonic() >= due.get(sweep_name, 0):
                due[sweep_name] = time.monotonic() + seconds
                try:
                    sweep()
                except Exception:  # noqa: BLE001  # one failing sweep must not stop the others; it is logged
                    _log.exception("sweep %s failed", sweep_name)
        busy = _job(name)
        while busy and not stop.is_set():
            busy = _job(name)
        if once:
            return
        stop.wait(1)


def _job(name: str) -> bool:
    try:
        return jobs.run_due(name)
    except Exception:  # noqa: BLE001  # e.g. the database restarts: log, wait, go on
        _log.exception("taking a job failed")
        return False

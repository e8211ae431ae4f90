"""Background jobs that a named person orders: each once, and again after it failed and somebody mended the cause."""

from datetime import datetime

from quancheng.procedures import jobs
from quancheng.procedures.models import Job


def order(name: str, argument: str, *, key: str, at: datetime) -> int:
    """Order a job once under `key`; a dead one is set going again as ordered now. Return the job's id."""
    ordered = jobs.enqueue(name, argument, at=at, key=key)
    if ordered.state == Job.State.DEAD:
        Job.objects.filter(pk=ordered.pk, state=Job.State.DEAD).update(
            state=Job.State.READY, argument=argument, attempts=0, run_at=at, done_at=None, error="", progress=0, note=""
        )
    return ordered.pk

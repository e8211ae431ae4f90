"""What contact does by itself stands on the worker's list."""

from quancheng import worker
from quancheng.contact import tasks
from quancheng.procedures import jobs


def test_the_worker_sweeps_contact():
    assert worker.run and jobs.sweeps()["contact.sweep"][1] is tasks.sweep

"""SQLite whose writers queue.

SQLite's own busy handler sleeps and retries, so under load some writers starve. Here each transaction
takes a turn first: a thread lock inside the process and an advisory file lock between processes.
The database's own locking still holds; the queue only makes it fair.
"""

import fcntl
import os
import threading
import time
import weakref
from typing import Any

from django.db.backends.sqlite3 import base, operations

PATIENCE = 15.0  # seconds; no transaction of ours is meant to take so long
_TURN = threading.Lock()
_OPEN: "weakref.WeakSet[DatabaseWrapper]" = weakref.WeakSet()  # those that hold a file for the queue


def _wait_for(file: int) -> None:
    """Take the file's lock; after PATIENCE go on without it: the database's own lock still holds."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.0005)  # one thread of each process waits here at most


def _forget_in_child() -> None:
    """Let a forked child begin anew: the lock of a file that it shares with its parent would outlive it."""
    global _TURN  # noqa: PLW0603  # the one lock of the process
    _TURN = threading.Lock()
    for wrapper in list(_OPEN):
        wrapper.forget_turn()


os.register_at_fork(after_in_child=_forget_in_child)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations with our compilers."""

    compiler_module = "quancheng.sqlite.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper with a turn taken at BEGIN IMMEDIATE and given back at commit, rollback or close."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_turn = False
        self._turn_file: int | None = None

    def _take_turn(self) -> None:
        _TURN.acquire()
        self._has_turn = True
        name = str(self.settings_dict["NAME"])
        if ":memory:" in name or "mode=memory" in name:
            return
        if self._turn_file is None:
            self._turn_file = os.open(name + ".turn", os.O_RDWR | os.O_CREAT, 0o600)
            _OPEN.add(self)
        _wait_for(self._turn_file)

    def _give_turn(self) -> None:
        if self._has_turn:
            if self._turn_file is not None:
                fcntl.flock(self._turn_file, fcntl.LOCK_UN)
            self._has_turn = False
            _TURN.release()

    def forget_turn(self) -> None:
        """Drop the queue's file without unlocking it: it is the parent's."""
        if self._turn_file is not None:
            os.close(self._turn_file)
            self._turn_file = None
        self._has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_turn()
            if self._turn_file is not None:
                os.close(self._turn_file)
                self._turn_file = None

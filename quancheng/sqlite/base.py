"""SQLite whose writers queue.

SQLite's own busy handler sleeps and retries, so under load some writers starve. Here each transaction
takes a turn first: a thread lock inside the process and an advisory file lock between processes.
The database's own locking still holds; the queue only makes it fair.
"""

import fcntl
import os
import threading
from typing import Any

from django.db.backends.sqlite3 import base

_TURN = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper with a turn taken at BEGIN IMMEDIATE and given back at commit, rollback or close."""

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
        fcntl.flock(self._turn_file, fcntl.LOCK_EX)

    def _give_turn(self) -> None:
        if self._has_turn:
            if self._turn_file is not None:
                fcntl.flock(self._turn_file, fcntl.LOCK_UN)
            self._has_turn = False
            _TURN.release()

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

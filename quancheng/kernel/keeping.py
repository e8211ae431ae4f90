"""Files written whole or not at all, and durably: a name stands for its bytes even if the power goes in the middle."""

import os
import tempfile
from pathlib import Path


def keep(path: Path, data: bytes) -> None:
    """Write bytes under a path that nobody else writes other bytes to; what is there already stays. Only this user reads it."""
    if not path.exists():
        replace(path, data)


def replace(path: Path, data: bytes) -> None:
    """Write bytes in place of what stands under a path: whoever reads finds the old or the new, never a part."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, passing = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(passing, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

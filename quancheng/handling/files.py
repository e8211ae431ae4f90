"""How files of cases are kept: by their digest; what they are, their bytes say (kernel.filetypes)."""

from pathlib import Path

from django.conf import settings

from quancheng.kernel.filetypes import LARGEST, TYPES, sniffed
from quancheng.kernel.keeping import keep

__all__ = ["LARGEST", "TYPES", "path_of", "sniffed", "store"]


def path_of(digest: str) -> Path:
    """Return where a file of that digest is kept."""
    return Path(settings.MEDIA_ROOT) / "handling" / digest[:2] / digest


def store(digest: str, data: bytes) -> None:
    """Keep a file under its digest, whole or not at all, readable by this user alone."""
    keep(path_of(digest), data)

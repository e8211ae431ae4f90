"""How files of cases are told apart and kept: by their bytes and their digest, not by what their name says."""

import io
import os
import zipfile
from pathlib import Path

from django.conf import settings

LARGEST = 20 * 1024 * 1024
UNPACKED = 200 * 1024 * 1024
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
    if "[Content_Types].xml" not in names or unpacked > UNPACKED:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):  # macros are not taken
        return ""
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else ""


def path_of(digest: str) -> Path:
    """Return where a file of that digest is kept."""
    return Path(settings.MEDIA_ROOT) / "handling" / digest[:2] / digest


def store(digest: str, data: bytes) -> None:
    """Keep a file under its digest, whole or not at all, readable by this user alone."""
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

"""What a file is, told by its bytes and not by its name: the few types that are taken, without macros."""

import io
import zipfile
from pathlib import Path

LARGEST = 20 * 1024 * 1024
UNPACKED = 200 * 1024 * 1024
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    ".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".docx": _WORD,
    ".xlsx": _SHEET,
}  # fmt: skip


def named(name: str) -> tuple[str, str]:
    """Return a file's own name, without folders, and the type that its ending says; '' for one that is not taken."""
    title = Path(name.replace("\\", "/")).name.strip()
    return title, TYPES.get(Path(title).suffix.lower(), "")


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

"""Files that people hand in, kept under the data folder by their digest: pictures without their metadata, PDF."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from quancheng.kernel.keeping import keep
from quancheng.kernel.pictures import LARGEST, BadFile, clean_picture

__all__ = ["LARGEST", "BadFile", "Stored", "keep_document", "keep_picture", "path_of"]


@dataclass(frozen=True)
class Stored:
    """A file that was kept. `kind` is its true media type."""

    name: str
    kind: str
    width: int
    height: int
    size: int


def path_of(name: str) -> Path:
    """Return where a stored file lies under the data folder."""
    return Path(settings.MEDIA_ROOT) / "contact" / name[:2] / name


def keep_picture(data: bytes) -> Stored:
    """Keep a JPEG, PNG or WebP without its metadata; the same picture is kept once. Raises BadFile."""
    found = clean_picture(data)
    return _keep(found.data, found.kind, found.suffix, found.width, found.height)


def keep_document(data: bytes) -> Stored:
    """Keep a PDF as it is, or a picture without its metadata. Raises BadFile."""
    if not data.startswith(b"%PDF-"):
        return keep_picture(data)
    if len(data) > 4 * LARGEST or b"%%EOF" not in data[-1024:]:
        raise BadFile("PDF 文件不完整，或者大于32兆。")
    return _keep(data, "application/pdf", "pdf", 0, 0)


def _keep(data: bytes, kind: str, suffix: str, width: int, height: int) -> Stored:
    """Keep the bytes under their digest; nothing is written twice, and nothing half."""
    name = f"{hashlib.sha256(data).hexdigest()}.{suffix}"
    keep(path_of(name), data)
    return Stored(name, kind, width, height, len(data))

"""Pictures of projects, kept under the data folder by their digest, without their metadata."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from quancheng.kernel.keeping import keep
from quancheng.kernel.pictures import BadFile, clean_picture
from quancheng.projects.rules import ProjectRefused


@dataclass(frozen=True)
class Kept:
    """A picture that was kept. `kind` is its true media type."""

    stored_name: str
    kind: str
    width: int
    height: int
    size: int


def path_of(name: str) -> Path:
    """Return where a stored picture lies under the data folder."""
    return Path(settings.MEDIA_ROOT) / "projects" / name[:2] / name


def keep_pictures(pictures: Sequence[bytes], most: int) -> list[Kept]:
    """Keep pictures; the same one is kept once. Raises ProjectRefused for too many, or what is no picture."""
    if len(pictures) > most:
        raise ProjectRefused(f"图片最多{most}张。", "pictures")
    kept = []
    for data in pictures:
        try:
            found = clean_picture(data)
        except BadFile as error:
            raise ProjectRefused(str(error), "pictures") from error
        name = f"{hashlib.sha256(found.data).hexdigest()}.{found.suffix}"
        keep(path_of(name), found.data)
        kept.append(Kept(name, found.kind, found.width, found.height, len(found.data)))
    return kept

"""Where the papers of meetings are kept: by their digest."""

from pathlib import Path

from django.conf import settings


def path_of(digest: str) -> Path:
    """Return where a paper of that digest is kept."""
    return Path(settings.MEDIA_ROOT) / "meetings" / digest[:2] / digest

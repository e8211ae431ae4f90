"""The packs of files that wait between the dry run and the taking in, by their digest."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

from django.conf import settings

from quancheng.suggestions.forms import BadBatch
from quancheng.suggestions.models import ImportBatch


def digest_of(files: list[tuple[str, bytes]], session_id: int | None) -> str:
    """Return the digest by which the same files for the same session are known again."""
    parts = sorted(hashlib.sha256(data).hexdigest() for _, data in files)
    return hashlib.sha256("".join([str(session_id), *parts]).encode()).hexdigest()


def path_of(digest: str) -> Path:
    """Return where a pack waits between the dry run and the taking in."""
    return Path(settings.MEDIA_ROOT) / "imports" / f"suggestions-{digest}.zip"


def keep(digest: str, files: list[tuple[str, bytes]]) -> None:
    """Keep the files in one pack, readable by this user alone, under numbers: their names stand in a list."""
    path = path_of(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out, zipfile.ZipFile(out, "w") as pack:
        pack.writestr("names.json", json.dumps([name for name, _ in files], ensure_ascii=False))
        for number, (_, data) in enumerate(files):
            pack.writestr(str(number), data)
    fresh.replace(path)


def kept(batch: ImportBatch) -> list[tuple[str, bytes]]:
    """Return the files of a checked batch, the same as were checked. Raises BadBatch."""
    try:
        with zipfile.ZipFile(path_of(batch.digest)) as pack:
            names = json.loads(pack.read("names.json"))
            files = [(name, pack.read(str(number))) for number, name in enumerate(names)]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadBatch("找不到上传的文件，请重新上传。") from error
    if digest_of(files, batch.session_id) != batch.digest:
        raise BadBatch("保存的文件与核对时不同，没有录入，请重新上传。")
    return files

"""Parsing a whole folder of laws: how many come back whole, how many leave something unplaced."""

import re
from pathlib import Path
from typing import Any

from quancheng.kernel.text import normalise
from quancheng.texts.parse import parse, render
from quancheng.texts.read import plain_markdown as plain


def bare(text: str) -> str:
    """Return a text with white space taken off, for comparing what is there."""
    return re.sub(r"\s+", "", normalise(text))


def check(folder: Path | str) -> dict[str, Any]:
    """Parse every `*.md` under `folder` (index files left out) and count."""
    files = sorted(path for path in Path(folder).rglob("*.md") if not path.name.startswith("_"))
    lost, unplaced = [], []
    for path in files:
        text = plain(path.read_text(encoding="utf-8"))
        tree = parse(text)
        if bare(render(tree)) != bare(text):
            lost.append(path.name)
        if tree.unplaced:
            unplaced.append(path.name)
    return {"files": len(files), "whole": len(files) - len(lost), "lost": lost, "unplaced": unplaced}

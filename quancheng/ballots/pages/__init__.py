"""The pages of a secret vote that run on devices in the hall: each assembled into one file without a library.

The bytes are the same as long as the sources are, so their digest can stand in a manifest (`booth`). The addresses
that the pages ask are in docs/ballots.md; which vote they serve they read from their own address (`?vote=…`).
Scripts and styles are allowed by their digests alone: nothing else runs, and nobody but the page's own server is asked.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("booth", "scrutineer", "registrar")
INSIDE = re.compile(r"<(style|script)>/\* ([a-z. ]+) \*/</\1>")


def booth() -> bytes:
    """Return the page on which a voter presses (表决器)."""
    return _assembled("booth")


def scrutineer() -> bytes:
    """Return the page on which a scrutineer keeps his key, makes the joint key and opens the sums (监票人)."""
    return _assembled("scrutineer")


def registrar() -> bytes:
    """Return the page on which cards are drawn and roll, presence and paper hand-outs are signed (签到组)."""
    return _assembled("registrar")


def digest(name: str) -> str:
    """Return the SHA-256 of a page as 64 hex digits: what a manifest holds and what anybody can compare."""
    return hashlib.sha256(_assembled(name)).hexdigest()


@cache
def policy(name: str) -> str:
    """Return the content security policy to be sent with a page; the page carries the same but for framing."""
    _, allowed = _parts(name)
    return f"{allowed}; frame-ancestors 'none'"


def source(name: str) -> str:
    """Return one of the files that the pages are assembled from; `verifier` is the script of the published verifier."""
    if name == "verifier":
        whole = (FOLDER.parent / "verifier.html").read_bytes().decode()
        return whole.partition("<script>")[2].partition("\n(() => {")[0]
    return (FOLDER / name).read_bytes().decode()


@cache
def _assembled(name: str) -> bytes:
    text, allowed = _parts(name)
    return text.replace('content="POLICY"', f'content="{allowed}"').encode()


def _parts(name: str) -> tuple[str, str]:
    digests: dict[str, str] = {}

    def put(found: re.Match[str]) -> str:
        tag, files = found[1], found[2].split()
        inside = "\n" + "\n".join(source(file).strip() for file in files) + "\n"
        digests[tag] = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        return f"<{tag}>{inside}</{tag}>"

    text = INSIDE.sub(put, source(f"{name}.html"))
    allowed = (
        "default-src 'none'", f"script-src 'sha256-{digests['script']}'", f"style-src 'sha256-{digests['style']}'",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )  # fmt: skip
    return text, "; ".join(allowed)

"""Answers for strangers, kept a few seconds in memory in front of Django. Plain WSGI (PEP 3333)."""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, str]]
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
TYPE_COOKIE = re.compile(r"(?:^|;\s*)type=(l|xl)(?:;|$)")
REPLACED = {"content-length", "etag", "content-encoding"}


@dataclass(frozen=True)
class Kept:
    """One rendering, plain and compressed. `kept_at` is on the cache's own clock, in seconds."""

    headers: Headers
    plain: bytes
    packed: bytes
    etag: str
    kept_at: float

    @property
    def weight(self) -> int:
        """Bytes held in memory, roughly."""
        return len(self.plain) + len(self.packed) + 1024


class PageCache:
    """Keep 200 answers marked `Cache-Control: public` to GET requests without a session, for `seconds`.

    One thread renders a page at a time; others get the rendering before it, if that is no older than
    `seconds` + `grace`. The least used go when more than `limit` bytes are held. What sets a cookie is never kept.
    """

    def __init__(
        self, app: App, *, seconds: float, grace: float = 1.5, limit: int = 64 * 1024 * 1024,
        session_cookie: str = "sessionid", clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.app, self.seconds, self.grace, self.limit, self.clock = app, seconds, grace, limit, clock
        self.session = session_cookie + "="
        self.pages: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self.weight = 0
        self.guard = threading.Lock()
        self.renderers = [threading.Lock() for _ in range(256)]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from memory, or through the application."""
        cookies, path = environ.get("HTTP_COOKIE", ""), environ.get("PATH_INFO", "")
        if (
            self.seconds <= 0 or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or self.session in cookies or path.startswith("/static/")
        ):  # fmt: skip
            return self.app(environ, start_response)
        size = TYPE_COOKIE.search(cookies)
        key = (environ.get("HTTP_HOST", ""), path, environ.get("QUERY_STRING", ""), size[1] if size else "")
        kept = self._find(key, self.seconds)
        if kept is None:
            return self._renew(key, environ, start_response)
        return self._serve(kept, environ, start_response)

    def _find(self, key: tuple[str, ...], age: float) -> Kept | None:
        with self.guard:
            kept = self.pages.get(key)
            if kept is None or self.clock() - kept.kept_at > age:
                return None
            self.pages.move_to_end(key)
            return kept

    def _renew(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        renderer = self.renderers[hash(key) % len(self.renderers)]
        if not renderer.acquire(blocking=False):
            stale = self._find(key, self.seconds + self.grace)
            if stale is not None:
                return self._serve(stale, environ, start_response)
            renderer.acquire()
        try:
            kept = self._find(key, self.seconds)  # another thread may have rendered it while this one waited
            if kept is None:
                return self._render(key, environ, start_response)
        finally:
            renderer.release()
        return self._serve(kept, environ, start_response)

    def _render(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: list[Any] = []

        def hold(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            answer[:] = [status, headers, exc_info]
            return lambda data: None

        body = self.app(environ, hold)
        status, headers, exc_info = answer
        named = {name.lower(): value for name, value in headers}
        keep = (
            environ["REQUEST_METHOD"] == "GET" and status.startswith("200") and "set-cookie" not in named
            and "public" in named.get("cache-control", "") and "content-encoding" not in named
        )  # fmt: skip
        if not keep:
            start_response(status, headers, exc_info) if exc_info else start_response(status, headers)
            return body
        try:
            plain = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        kept = Kept(
            headers=[pair for pair in headers if pair[0].lower() not in REPLACED],
            plain=plain,
            packed=gzip.compress(plain, 5, mtime=0),
            etag=hashlib.sha256(plain).hexdigest()[:32],
            kept_at=self.clock(),
        )
        self._keep(key, kept)
        return self._serve(kept, environ, start_response)

    def _keep(self, key: tuple[str, ...], kept: Kept) -> None:
        if kept.weight > self.limit // 8:
            return
        with self.guard:
            before = self.pages.pop(key, None)
            self.pages[key] = kept
            self.weight += kept.weight - (before.weight if before else 0)
            while self.weight > self.limit:
                _, dropped = self.pages.popitem(last=False)
                self.weight -= dropped.weight

    @staticmethod
    def _serve(kept: Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "").lower().replace(" ", "")
        packed = "gzip" in accepted and "gzip;q=0," not in accepted + ","
        etag = f'"{kept.etag}-gz"' if packed else f'"{kept.etag}"'
        asked = {tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")}
        headers = [*kept.headers, ("ETag", etag)]
        if etag in asked or "*" in asked:  # RFC 9110 13.1.2
            start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-type"])
            return [b""]
        body = kept.packed if packed else kept.plain
        headers.append(("Content-Length", str(len(body))))
        if packed:
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]

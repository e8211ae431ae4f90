"""One who hands in opinions over one connection, as a browser does: the form's fields, its cookies, its tokens."""

import secrets
import socket
import time
from urllib.parse import urlencode

from django.core import signing

from quancheng.bench import town


class Person:
    """A person with a verified number (the signed cookie that the site gives after the code was typed)."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.number, self.told, self.timed, self.fault = port, number, 0, 0, ""
        self.waits: list[float] = []
        self.token = secrets.token_hex(16)
        self.opened = signing.dumps(int(time.time()), salt="opened")
        self.cookie = f"csrftoken={self.token}; phone={signing.dumps(f'1370000{number:04d}', salt='phone')}"

    def run(self, warm: float, seconds: float) -> None:
        """Hand in until the time is over; what was answered in the warm-up counts as told, but is not timed."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire:
            while (since := time.monotonic() - began) < warm + seconds:
                if not self.say(wire, f"a{self.told % town.ARTICLES + 1}", "充电桩要装在雨淋不着的地方，收费写清楚。"):
                    return
                if since > warm:
                    self.timed += 1
                    self.waits.append(time.monotonic() - began - since)

    def say(self, wire: socket.socket, anchor: str, words: str) -> bool:
        """Hand in one opinion; False, with `fault`, when the answer is no receipt."""
        wire.sendall(self._request(anchor, words))
        answer = answered(wire)[0]
        if b" 303 " not in answer[:20]:
            self.fault = answer[:300].decode(errors="replace")
            return False
        self.told += 1
        return True

    def _request(self, anchor: str, words: str) -> bytes:
        body = urlencode(
            {
                "csrfmiddlewaretoken": self.token, "action": "submit", "visibility": "shown", "opened": self.opened,
                "anchor": anchor, "submission_key": secrets.token_urlsafe(24),
                "body": f"{self.number}号第{self.told}次：{words}",
            }
        ).encode()  # fmt: skip
        head = (
            f"POST /c/{town.SLUG}/write/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def answered(wire: socket.socket) -> tuple[bytes, bytes]:
    """Read one answer and return its head and body. Raises ConnectionError when the server hangs up."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(wire)
    head, _, rest = data.partition(b"\r\n\r\n")
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(b":") for line in head.lower().split(b"\r\n"))}
    if fields.get(b"transfer-encoding") == b"chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += _more(wire)
        return head, rest
    while len(rest) < int(fields.get(b"content-length", 0)):
        rest += _more(wire)
    return head, rest


def _more(wire: socket.socket) -> bytes:
    data = wire.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data

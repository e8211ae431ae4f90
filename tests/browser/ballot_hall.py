"""A small real server of a hall: the addresses of docs/ballots.md over the core itself, judged by the core's verifier.

Everything is as in production but for tables and accounts: events are judged by verify.Reading before they stand on
the board, presses by cast.press, receipts are signed. The test is the secretariat: it freezes, opens, closes.
"""

import copy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from quancheng.ballots import ballot, cards, cast, manifest, pages, simulate
from quancheng.ballots.board import Board, chained, signed
from quancheng.ballots.canonical import Body, canonical
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import SUITES
from quancheng.ballots.verify import Reading

G = SUITES["ristretto255"]
PHASES = {"start": "prepared", "ready": "ready", "open": "open", "closed": "closed", "done": "announced"}
STATUS = {"credential": 404, "closed": 409, "order": 409, "sequence": 409, "paper": 409}
POSTED = ("commit", "open_key", "shares", "confirm", "roll", "presence", "paper", "decryption")


class House(simulate.Hall):
    """A hall whose events come over the network, or from its own people where the test leaves them to Python."""

    def __init__(self, questions: list[Body], base: int = 5, **more: Any) -> None:
        super().__init__(base, questions, **more)
        self.judge, self.frozen = self.read_again(), True
        self.lock = threading.RLock()
        self.keys: dict[tuple[str, int], str] = {}
        self.paper: Body = {}
        self.signatures: list[Body] = []
        self.lose: list[str] = []  # addresses whose next answer is lost after the work was done

    def read_again(self) -> Reading:
        reading = Reading()
        for event in self.board:
            reading.take({"type": event.type, "body": event.body, "hash": event.hash.hex()})
        return reading

    def catch_up(self) -> None:
        """Judge what Python's people have put on the board meanwhile."""
        self.judge = self.read_again()

    def thaw(self) -> None:
        """No manifest yet: keys are still being registered."""
        self.board, self.judge, self.frozen = Board(), Reading(), False

    def freeze(self, **change: Any) -> None:
        """Freeze the manifest with the keys that were registered."""
        trustees = [{"name": f"监票人{n}", "key": key} for (role, n), key in sorted(self.keys.items()) if role == "trustee"]
        registrar = self.keys.get(("registrar", 0), self.manifest.body["registrar"])
        body = {**self.manifest.body, "trustees": trustees or self.manifest.body["trustees"], "registrar": registrar, **change}
        self.manifest = manifest.read(body)
        self.eid, self.frozen = self.manifest.eid, True
        for one in self.trustees:
            one.manifest = self.manifest
        self.append("manifest", body)

    def append(self, type_: str, body: Body) -> Any:
        """Judge an event as an auditor does; only then does it stand on the board."""
        judged = copy.deepcopy(self.judge)
        judged.take({"type": type_, "body": body, "hash": chained(self.board.head, type_, body).hex()})
        self.judge = judged
        return self.board.append(type_, body)

    def state(self) -> Body:
        phase, present = self.board.phase, self.board.of("presence")
        return {
            "state": PHASES.get(phase, "ready" if self.joint else "keys"), "title": self.manifest.body["title"],
            "present": present[-1]["present"] if present else 0, "quorum": self.manifest.quorum,
            "ballots": sum(one.state == cast.ELECTRONIC for one in self.standings.values()),
            "joint": self.joint.hex(), "eid": self.eid.hex() if self.frozen else "", "length": len(self.board),
        }  # fmt: skip

    # what is asked

    def get_board(self, asked: dict[str, list[str]]) -> bytes:
        first = int(asked["from"][0])
        lines = [{"number": event.number, "type": event.type, "body": event.body, "hash": event.hash.hex()} for event in self.board]
        return b"".join(canonical_line(line) for line in lines[first:])

    def get_state(self, asked: dict[str, list[str]]) -> Body:
        return self.state()

    def get_standing(self, asked: dict[str, list[str]]) -> Body:
        standing = self.standings.get(asked["credential"][0])
        if standing is None:
            raise Fault("credential", "这张卡不在登记名册中")
        code = ballot.short(standing.tracker) if standing.tracker else ""
        return {"state": standing.state, "seq": standing.seq, "code": code}

    def get_paper_count(self, asked: dict[str, list[str]]) -> Body:
        if not self.paper:
            raise Fault("count", "纸票还没有计完")
        return self.paper

    def _open(self) -> None:
        if self.board.phase != "open":
            raise Fault("closed" if self.board.phase in ("closed", "done") else "order", "表决没有在进行")

    def post_press(self, body: Body) -> Body:
        self._open()
        given = self.press(body["ballot"])
        self.catch_up()
        return given

    def post_audit(self, body: Body) -> Body:
        self._open()
        who = body["ballot"]["credential"]
        standing = cast.audit(self.manifest, self.joint, self.standings.get(who), body["ballot"], body["openings"])
        event = self.append("audit", body)
        self.standings[who] = standing
        return {"number": event.number}

    def post_withdraw(self, body: Body) -> Body:
        self._open()
        who = body["credential"]
        standing = cast.withdraw(self.manifest, self.standings.get(who), body)
        event = self.append("withdraw", body)
        self.standings[who] = standing
        del self.counted[who]
        return {"number": event.number}

    def post_events(self, body: Body) -> Body:
        type_, inner = body["type"], body["body"]
        if type_ not in POSTED:
            raise Fault("shape", "不能登记这种事件")
        paper = cast.hand_out_paper(self.standings.get(inner["credential"])) if type_ == "paper" else None
        event = self.append(type_, inner)
        if type_ == "confirm" and len(self.board.of("confirm")) == len(self.manifest.trustees):
            self.joint = bytes.fromhex(inner["joint"])
        if type_ == "roll":
            self.standings = {text: cast.Standing() for text in inner["credentials"]}
        if paper:
            self.standings[inner["credential"]] = paper
        return {"number": event.number}

    def post_paper_signature(self, body: Body) -> Body:
        self.signatures.append(body)
        if len(self.signatures) == 2:
            self.append("paper_count", {**self.paper, "signatures": self.signatures})
        return {}

    def post_keys(self, body: Body) -> Body:
        if self.frozen:
            raise Fault("order", "表决方案已经定稿")
        G.element(body["key"])
        number = sum(role == "trustee" for role, _ in self.keys) + 1 if body["role"] == "trustee" else 0
        self.keys[body["role"], number] = body["key"]  # the account would say which; here they come in turn
        return {"number": number}

    # what the test does as the secretariat

    def open_now(self) -> None:
        self.append("open", signed(G, self.eid, self.board_secret, "open", {"at": "2026-03-01T10:00:00+08:00"}))

    def close_now(self) -> None:
        self.close()
        self.catch_up()

    def begun(self, voters: int = 5) -> list[str]:
        """Python's people make the key, draw the cards and open the vote. Returns what stands on the cards."""
        if not self.joint:
            self.make_keys()
            self.catch_up()
        seeds = [cards.draw() for _ in range(voters)]
        roll = sorted(G.base(cards.secret(G, seed)).hex() for seed in seeds)
        for type_, body in (("roll", {"credentials": roll}), ("presence", {"present": voters})):
            self.post_events({"type": type_, "body": signed(G, self.eid, self.registrar_secret, type_, body)})
        self.open_now()
        return [cards.text(seed) for seed in seeds]


def canonical_line(value: Body) -> bytes:
    return canonical(value) + b"\n"


class Handler(BaseHTTPRequestHandler):
    house: House
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, data: bytes, type_: str = "application/json", **more: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": type_, "Content-Length": str(len(data)), **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        name = url.path.strip("/").split("/")[-1]
        if url.path.startswith("/hall/pages/"):
            page = getattr(pages, name)()
            self.answer(200, page, "text/html; charset=utf-8", Content_Security_Policy=pages.policy(name))
        elif url.path == "/favicon.ico":
            self.answer(204, b"")
        else:
            self.work(f"get_{name}", parse_qs(url.query))

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"] != "application/json":
            self.answer(415, b"{}")
            return
        self.work(f"post_{self.path.strip('/').split('/')[-1]}", json.loads(data))

    def work(self, name: str, given: Any) -> None:
        house, act = self.house, getattr(self.house, name.replace("-", "_"), None)
        if act is None:
            self.answer(404, b"{}")
            return
        try:
            with house.lock:
                found = act(given)
        except Fault as fault:
            said = json.dumps({"fault": fault.code, "message": fault.text}).encode()
            self.answer(STATUS.get(fault.code, 422), said)
            return
        if name in house.lose:
            house.lose.remove(name)
            self.close_connection = True  # the work is done, the answer never arrives
            self.connection.close()
        elif isinstance(found, bytes):
            self.answer(200, found, "application/x-ndjson", X_Board_Length=str(len(house.board)))
        else:
            self.answer(200, json.dumps(found).encode())


@contextmanager
def serving(house: House) -> Iterator[str]:
    """Serve the house on a free port. Yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Handler,), {"house": house}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()

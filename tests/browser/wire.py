"""A wire between a browser and a server that can be cut: no connection, or the request arrives and its answer is lost."""

import socket
import threading
from contextlib import suppress


class Wire:
    """Listens on a port of its own and passes bytes on to `target`; `url` is what the browser opens."""

    def __init__(self, target: int) -> None:
        self.target, self.mode = target, "open"
        self._alive: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        self._change("cut")

    def lose_answers(self) -> None:
        """Let requests through, and end the connection when their answer begins."""
        self._change("deaf")

    def mend(self) -> None:
        """Be a wire again."""
        self._change("open")

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self._listener.close()

    def _change(self, mode: str) -> None:
        self.mode = mode
        for one in list(self._alive):
            self._end(one)

    def _end(self, one: socket.socket) -> None:
        self._alive.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            one.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            if self.mode == "cut":
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self._alive |= {near, far}
            threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers and self.mode == "deaf":
                    break
                sink.sendall(data)
        self._end(source)
        self._end(sink)

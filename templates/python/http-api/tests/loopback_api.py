"""An API on this machine that answers as the test says, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: Any


@dataclass(frozen=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    """Sent as JSON; `text` is sent as it is."""
    text: str | None = None
    delay_s: float = 0


@dataclass(frozen=True)
class LoopbackApi:
    url: str
    received: list[Received]


@contextmanager
def open_loopback_api(reply: Callable[[Received], Reply]) -> Iterator[LoopbackApi]:
    received: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Received(self.command, self.path, headers, json.loads(text) if text else None)
            received.append(seen)
            made = reply(seen)
            time.sleep(made.delay_s)
            sent = made.text if made.text is not None else json.dumps(made.body)
            body = b"" if made.text is None and made.body is None else sent.encode()
            self.send_response(made.status)
            for name, value in {"content-type": "application/json", **made.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_args: object) -> None:
            """A client that gave up is no error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield LoopbackApi(f"http://127.0.0.1:{server.server_port}/v1", received)
        server.shutdown()

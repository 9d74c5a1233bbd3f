"""The other side, for real: a mail server and an HTTP receiver on loopback, each with a will of its own."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """Takes mails and remembers them; `answer` may say no, `taken` is called before it says yes."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 OK"
    refused: set[str] = field(default_factory=set)
    taken: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """For `GONGBAN_SMTP_URL`."""
        return f"smtp://127.0.0.1:{self.port}?from=office@union.example"

    async def handle_RCPT(  # the server's own name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if not self.answer.startswith("250"):
            return self.answer
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        self.taken()
        return self.answer

    def text(self, number: int = -1) -> str:
        """What a mail says."""
        return str(self.mails[number].get_content())

    def ids(self) -> list[str]:
        """The Message-IDs, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that runs."""
    found = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found.port = probe.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        controller.stop()


@dataclass
class Request:
    """A call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """Takes calls and remembers them; answers what it is told to."""

    port: int = 0
    calls: list[Request] = field(default_factory=list)
    status: int = 200
    body: bytes = b'{"errcode": 0, "code": 0}'
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds that it takes to answer.
    slow: float = 0.0
    taken: Callable[[], None] = lambda: None

    @property
    def host(self) -> str:
        """For `GONGBAN_WEBHOOK_HOSTS`."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}/hook?key=k-1"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that runs."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the server's own name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append(Request(self.path, dict(self.headers), body))
            found.taken()
            time.sleep(found.slow)
            try:
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(found.body)))
                self.end_headers()
                self.wfile.write(found.body)
            except OSError:
                return  # whoever called has gone

        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

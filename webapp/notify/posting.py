"""One HTTP POST to an address that was judged: no redirect is followed, no answer is waited for long."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from engine.notifications.parcels import NotDelivered
from webapp.notify.addresses import HostRefused, Target, look_up
from webapp.notify.formats import Call

#: Seconds for connecting and for each read, and for the whole: a receiver may drip.
TIMEOUT, AT_MOST = 10.0, 20.0
_LARGEST_ANSWER = 65_536


def post(target: Target, call: Call) -> bytes:
    """Send it; return the answer's body. Raise `NotDelivered` unless the status is 2xx."""
    path = target.path
    if call.query:
        path += ("&" if "?" in path else "?") + call.query
    try:
        connection = _connect(target)
        watch = threading.Timer(AT_MOST, _cut, (connection.sock,))
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", path, call.body, call.headers)
            answer = connection.getresponse()
            body = answer.read(_LARGEST_ANSWER)
        finally:
            watch.cancel()
            connection.close()
    except HostRefused:
        raise NotDelivered("host refused", permanent=True) from None
    except (OSError, HTTPException) as error:
        raise NotDelivered(f"http {type(error).__name__}") from None
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"http {answer.status}")
    return body


def _connect(target: Target) -> HTTPConnection:
    """A connection to the very address that was judged."""
    made = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = made(target.host, target.port, timeout=TIMEOUT)
    failure: OSError | None = None
    for address in look_up(target):
        try:
            plain = socket.create_connection((address, target.port), TIMEOUT)
        except OSError as error:
            failure = error
            continue
        if target.scheme == "https":
            context = ssl.create_default_context()
            try:
                connection.sock = context.wrap_socket(plain, server_hostname=target.host)
            except BaseException:
                plain.close()
                raise
        else:
            connection.sock = plain
        return connection
    raise failure or OSError("no address")


def _cut(sock: socket.socket | None) -> None:
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

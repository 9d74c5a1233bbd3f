"""A demonstration of its own, served by the real command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a demonstration of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GONGBAN_")},
        "GONGBAN_HOME": str(home),
        "GONGBAN_PORT": str(port),
        # Stories of many steps do not wait for each; who clears a queue chooses the seconds.
        "GONGBAN_HOLD_SECONDS": "0",
    }
    command = [sys.executable, "-m", "webapp.cli"]
    subprocess.run([*command, "init", "--demo"], env=environment, check=True, capture_output=True)
    log = (home / "server.log").open("wb")
    server = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text()}")

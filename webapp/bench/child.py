"""What runs in a child process: `python -m webapp.bench.child gongban|worker|bare [--count]`.

`gongban` and `worker` are what the commands `serve` and `worker` run. The parent asks through
standard input, one word a line, and is answered with one line of JSON; when it closes, we end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from typing import Any

from webapp.bench.counting import Counter


def main() -> None:
    """Serve until told to stop."""
    role, count = sys.argv[1], "--count" in sys.argv[2:]
    counter = Counter.installed() if count else None
    threading.Thread(target=_answer, args=(counter,), name="questions", daemon=True).start()
    _ROLES[role]()


def _gongban() -> None:
    from webapp.server import serve
    from webapp.settings import read_settings

    serve(read_settings(), ready=_ready)


def _worker() -> None:
    from webapp.server import work
    from webapp.settings import read_settings

    work(read_settings(), ready=_ready)


def _bare() -> None:
    from webapp.bench.bare import serve

    serve(ready=_ready)


_ROLES = {"gongban": _gongban, "worker": _worker, "bare": _bare}


def _ready(address: str) -> None:
    _say(f"ready {address}")


def _answer(counter: Counter | None) -> None:
    for line in sys.stdin:
        answer: dict[str, Any] = {}
        if line.strip() == "cpu":
            answer = {"cpu": time.process_time()}
        elif line.strip() == "counts" and counter is not None:
            answer = counter.take()
        _say(json.dumps(answer))
    # Whoever started us is gone.
    os.kill(os.getpid(), signal.SIGTERM)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

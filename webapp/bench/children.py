"""Server processes: started, asked what they cost, and stopped, however the benchmark ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from webapp.bench.homes import Home

STARTUP = 60.0


class ChildFailed(Exception):
    """A server process ended before it was ready."""


class Child:
    """A server in a process of its own. Its standard input is its life line: closed, it ends."""

    def __init__(
        self, role: str, home: Home, *, count: bool = False, port: int | None = None
    ) -> None:
        self.role = role
        self.port = port or free_port()
        environment = {**home.environment, "GONGBAN_PORT": str(self.port)}
        arguments = [sys.executable, "-m", "webapp.bench.child", role]
        self._log = (home.folder / f"{role}.log").open("ab")
        self._process = subprocess.Popen(
            [*arguments, *(["--count"] if count else [])],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._asking = threading.Lock()
        self._await_ready(Path(self._log.name))

    def _await_ready(self, log: Path) -> None:
        watchdog = threading.Timer(STARTUP, self._process.kill)
        watchdog.start()
        try:
            line = self._readline()
        finally:
            watchdog.cancel()
        if not line.startswith("ready"):
            self.stop()
            said = log.read_text(errors="replace").strip().splitlines()
            raise ChildFailed(f"{self.role}: {said[-1] if said else 'no answer'}")

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def cpu(self) -> float:
        """Processor seconds used so far by all threads."""
        return float(self._ask("cpu")["cpu"])

    def counts(self) -> dict[str, dict[str, float]]:
        """What requests have cost since the last time, by endpoint; needs `count=True`."""
        found: dict[str, dict[str, float]] = self._ask("counts")
        return found

    def kill(self) -> None:
        """End it without warning, as a power cut would."""
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self, timeout: float = 20.0) -> None:
        """End it in good order; by force if that does not help."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _ask(self, question: str) -> Any:
        assert self._process.stdin is not None
        with self._asking:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            return json.loads(self._readline())

    def _readline(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family_cpu(pid: int | None) -> float | None:
    """Processor seconds of a process and its children, ended ones included; None if unknown."""
    if pid is None or not Path("/proc/self/stat").exists():
        return None
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name in parentheses may hold blanks.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(entry.name) == pid:
                ticks += sum(int(each) for each in fields[11:15])
            elif int(fields[1]) == pid:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")

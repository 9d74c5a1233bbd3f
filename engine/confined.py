"""How a child process that touches other people's files is held: memory, time, no writing, no network.

Imported by the children themselves, which run by path and load nothing else of the engine.
"""

from __future__ import annotations

import contextlib
import os
import sys

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory and time, and forbid writing files; where the system can."""
    try:
        import resource
    except ImportError:  # not POSIX: the parent's time limit remains
        return
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        # Some systems refuse one or the other; the parent's time limit remains in any case.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def leave_network() -> None:
    """Step into an empty network, where the kernel lets us: nothing is ever downloaded.

    Elsewhere the proxy that the parent names in the environment leads nowhere.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NETWORK)


def environment() -> dict[str, str]:
    """As little as a child needs; a proxy that leads nowhere; few threads, for the memory."""
    nowhere = "http://127.0.0.1:9"
    names = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), nowhere)
    proxies |= {name.lower(): value for name, value in proxies.items()}
    return kept | proxies | {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}

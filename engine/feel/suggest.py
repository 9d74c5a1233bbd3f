""" "Did you mean": a name close to one that was not found."""

from collections.abc import Iterable
from difflib import get_close_matches

from engine.feel.builtins.registry import BUILTINS
from engine.feel.runtime import Env

#: Typed with a Chinese keyboard, these become part of a name without anybody noticing.
_FULL_WIDTH = dict(zip("，（）：“”‘’＞＜＝＋－＊／。；", ",():\"\"''><=+-*/.;", strict=True))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint to append to a message; empty when nothing is close."""
    close = get_close_matches(name, list(known)[:500], n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def unknown_name(name: str, env: Env) -> str:
    """The message for a name that no scope has."""
    wide = next((char for char in name if char in _FULL_WIDTH), None)
    if wide:
        return (
            f'"{name}" is not known; the full-width "{wide}" is part of it, '
            f'write "{_FULL_WIDTH[wide]}" if that is meant'
        )
    return f'"{name}" is not known' + did_you_mean(name, [*env.names(), *BUILTINS])

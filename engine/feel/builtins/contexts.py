"""Functions of contexts."""

from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.runtime import Run
from engine.feel.suggest import did_you_mean


@builtin("get value", "m: context", "key: string")
def get_value(run: Run, m: dict[str, Any], key: str) -> Any:
    """One entry."""
    if key not in m:
        raise FeelFailure(
            f'there is no entry "{key}"{did_you_mean(key, m)}', ProblemKind.UNKNOWN_PROPERTY
        )
    return m[key]


@builtin("get entries", "m: context")
def get_entries(run: Run, m: dict[str, Any]) -> list[Any]:
    """Every entry as `{key, value}`."""
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list")
def context(run: Run, entries: list[Any]) -> dict[str, Any]:
    """A context of `{key, value}` entries."""
    run.spend(len(entries))
    result: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            raise FeelFailure("an entry has a key and a value", ProblemKind.WRONG_TYPE)
        key = entry.get("key")
        if not isinstance(key, str):
            raise FeelFailure("a key is a text", ProblemKind.WRONG_TYPE)
        if key in result:
            raise FeelFailure(f'the key "{key}" stands twice')
        result[key] = entry["value"]
    return result


@builtin("context put", "context: context", "key: string", "value: any?")
def put_key(run: Run, original: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A context with one entry added or replaced."""
    run.spend(len(original) >> 3)
    return {**original, key: value}


@builtin("context put", "context: context", "keys: list", "value: any?")
def put_path(run: Run, original: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    """A context with an entry of an inner context added or replaced."""
    if not keys or not all(isinstance(key, str) for key in keys):
        raise FeelFailure("keys should be a list of texts", ProblemKind.WRONG_TYPE)
    run.spend(len(keys) + (len(original) >> 3))
    head, *rest = keys
    if not rest:
        return {**original, head: value}
    inner = original.get(head)
    if not isinstance(inner, dict):
        raise FeelFailure(f'the entry "{head}" is not a context', ProblemKind.WRONG_TYPE)
    return {**original, head: put_path(run, inner, rest, value)}


@builtin("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[Any]) -> dict[str, Any]:
    """Later contexts win."""
    result: dict[str, Any] = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise FeelFailure("the list should hold contexts only", ProblemKind.WRONG_TYPE)
        run.spend(1 + (len(each) >> 3))
        result.update(each)
    return result

from __future__ import annotations

import threading

import pytest

from engine.press import Busy, Press


class Slow:
    """Work that takes until it is let go, and counts how often it is done."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        self.begun.release()
        assert self.go.wait(20)
        return b"made"


def ask(press: Press, key: str, work: Slow, answers: list[object]) -> threading.Thread:
    def run() -> None:
        try:
            answers.append(press.make(key, work))
        except Busy as busy:
            answers.append(busy)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_same_work_is_done_once_for_all_who_ask_at_the_same_time() -> None:
    press, work, answers = Press(places=1, most_waiting=3), Slow(), []  # type: ignore[var-annotated]
    threads = [ask(press, "one", work, answers)]
    assert work.begun.acquire(timeout=20)
    threads += [ask(press, "one", work, answers) for _more in range(2)]
    work.go.set()
    for thread in threads:
        thread.join(20)
    assert answers == [b"made"] * 3
    assert work.times == 1
    assert press.make("one", work) == b"made"
    assert work.times == 1


def test_who_comes_when_all_places_are_taken_is_told_at_once_and_nothing_piles_up() -> None:
    press, work, answers = Press(places=1, most_waiting=0), Slow(), []  # type: ignore[var-annotated]
    thread = ask(press, "one", work, answers)
    assert work.begun.acquire(timeout=20)
    with pytest.raises(Busy):
        press.make("two", Slow())
    work.go.set()
    thread.join(20)
    assert answers == [b"made"]
    assert press.make("two", lambda: b"after") == b"after"


def test_what_failed_is_tried_again_and_leaves_its_place() -> None:
    press = Press(places=1, most_waiting=0)

    def fails() -> bytes:
        raise ValueError("no")

    for _twice in range(2):
        with pytest.raises(ValueError, match="no"):
            press.make("one", fails)
    assert press.make("one", lambda: b"well") == b"well"


def test_only_so_much_is_kept() -> None:
    press, made = Press(keep_bytes=10), []

    def work() -> bytes:
        made.append(1)
        return b"123456"

    for key in ("a", "b", "a"):
        press.make(key, work)
    assert len(made) == 3

"""The sender is killed between the other side's yes and its own commit: sent again, under the same id, none lost.

A child process serves (and on PostgreSQL another works); the mail server and the receiver kill it in the
very moment they have taken a message, before it can hear that they have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.actors import SYSTEM
from engine.clock import SystemClock
from engine.store.tables import delivery
from tests.builders import House, open_house
from tests.conftest import DATABASES, MakeUrl
from tests.webapp.notify.conftest import Post, connect
from tests.webapp.notify.receivers import MailServer, Receiver
from tests.webapp.test_crash import Server


@pytest.fixture(params=DATABASES)
def installation(
    request: pytest.FixtureRequest,
    make_database: MakeUrl,
    tmp_path: Path,
    mail: MailServer,
    hooks: Receiver,
) -> Iterator[tuple[Server, Post]]:
    """A server that is not running yet, with a way out, and an engine of the test's own beside it."""
    prepared = request.getfixturevalue(f"{request.param}_organisation")
    url = make_database(request.param, prepared.template)
    home = tmp_path / "home"
    home.mkdir()
    (home / "keys").symlink_to(prepared.keys)
    with open_house(url, home, prepared.keys, clock=SystemClock()) as house:
        server = Server(
            url,
            home,
            GONGBAN_SMTP_URL=mail.url,
            GONGBAN_WEBHOOK_HOSTS=hooks.host,
            GONGBAN_PUBLIC_URL="https://gongban.union.example",
        )
        try:
            yield server, connect(house, mail, hooks)
        finally:
            server.kill()


def start(server: Server, house: House) -> None:
    server.start(worker=not house.engine.database.is_sqlite)


def wait_for(found: Callable[[], bool]) -> None:
    for _try in range(400):
        if found():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 20 seconds")


def claims_run_out(house: House) -> None:
    """As if ten minutes had passed: what a dead sender had claimed may be claimed again."""
    with house.engine.database.write() as connection:
        connection.execute(
            update(delivery).where(delivery.c.state == "waiting").values(due_at=datetime.now(UTC))
        )
        connection.commit()


def once(server: Server) -> Callable[[], None]:
    """Kill the server at the first call only."""
    struck: list[bool] = []

    def strike() -> None:
        if not struck:
            struck.append(True)
            server.strike()

    return strike


def test_a_mail_that_was_taken_before_the_kill_is_sent_again_with_its_message_id(
    installation: tuple[Server, Post],
) -> None:
    server, post = installation
    post.mail.taken = once(server)
    start(server, post.house)
    cases = [post.house.start() for _one in range(3)]
    wait_for(lambda: len(post.mail.mails) == 1)
    server.kill()
    assert "sent" not in post.states(), "taken, and nobody here knows"
    start(server, post.house)
    claims_run_out(post.house)
    wait_for(lambda: post.states() == ["sent"] * 3)
    ids = post.mail.ids()
    assert ids.count(ids[0]) == 2, "the one that was taken before the kill came twice"
    assert len(set(ids)) == len(cases), "and none is lost"


def test_a_call_that_was_taken_before_the_kill_is_made_again_with_its_id(
    installation: tuple[Server, Post],
) -> None:
    server, post = installation
    post.add_hook()
    post.hooks.taken = once(server)
    start(server, post.house)
    with post.house.engine.command(SYSTEM) as uow:
        for person in ("chen_jing", "clerk_wang"):
            uow.tell("corrected", [person])
        uow.commit()
    wait_for(lambda: len(post.hooks.calls) == 1)
    server.kill()
    start(server, post.house)
    claims_run_out(post.house)

    def all_sent() -> bool:
        rows = post.house.rows(select(delivery.c.state).where(delivery.c.channel == "webhook"))
        return [row.state for row in rows] == ["sent", "sent"]

    wait_for(all_sent)
    ids = [call.headers["X-Gongban-Id"] for call in post.hooks.calls]
    assert ids.count(ids[0]) == 2
    assert len(set(ids)) == 2
    assert set(ids) == {call.json["id"] for call in post.hooks.calls}


def test_a_task_whose_announcer_was_killed_is_announced_once(
    installation: tuple[Server, Post],
) -> None:
    server, post = installation
    start(server, post.house)
    cases = []
    for _one in range(3):
        cases += [post.house.start() for _two in range(4)]
        time.sleep(0.3)
        server.kill()
        start(server, post.house)
    claims_run_out(post.house)
    wait_for(lambda: post.states() == ["sent"] * len(cases))
    assert len(set(post.mail.ids())) == len(cases)

"""An organisation whose people have addresses, a mail server and a receiver that run, and a postman."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.notifications.announce import announce
from engine.notifications.deliver import deliver_due
from engine.store.tables import delivery
from tests.builders import House
from tests.webapp.notify.receivers import MailServer, Receiver, mail_server, receiver
from webapp.accounts.people import set_address
from webapp.notify.courier import HouseCourier

PEOPLE = ("chen_jing", "clerk_wang", "chair_han", "admin_mu", "tian_ye", "clerk_bai")


@dataclass
class Post:
    """The house with its way out: what a postman would do, by hand."""

    house: House
    mail: MailServer
    hooks: Receiver
    courier: HouseCourier

    def round(self) -> None:
        """Announce and deliver until there is nothing to do."""
        while announce(self.house.engine) + deliver_due(self.house.engine, self.courier):
            pass

    def tell(self, kind: str, *people: str, by: Any = SYSTEM, **facts: Any) -> None:
        """As a command tells."""
        with self.house.engine.command(by) as uow:
            uow.tell(kind, people, **facts)
            uow.commit()

    def choose(self, person: str, choices: dict[str, Any], **more: Any) -> None:
        """As a person chooses, over HTTP."""
        answer = self.house.api(person).post("/notifications/choices", {"choices": choices, **more})
        assert answer.status_code == 200, answer.text

    def add_hook(self, format: str = "plain", by: str = "admin_mu", **more: Any) -> str:
        """Add a webhook at the receiver; return its id."""
        body = {"name": "组", "url": self.hooks.url, "format": format, **more}
        answer = self.house.api(by).post("/webhooks", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def states(self) -> list[str]:
        """The states of all deliveries, in order of their making."""
        return [row.state for row in self.house.rows(select(delivery).order_by(delivery.c.id))]


@pytest.fixture(scope="module")
def running_mail() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def running_receiver() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def mail(running_mail: MailServer) -> MailServer:
    """The mail server, with nothing in it and willing."""
    fresh = MailServer(port=running_mail.port, mails=[], recipients=[], refused=set())
    running_mail.__dict__.update(fresh.__dict__)
    return running_mail


@pytest.fixture
def hooks(running_receiver: Receiver) -> Receiver:
    """The receiver, with nothing in it and willing."""
    running_receiver.__dict__.update(Receiver(port=running_receiver.port).__dict__)
    return running_receiver


def connect(house: House, mail: MailServer, hooks: Receiver) -> Post:
    """Give a house its way out."""
    settings = replace(
        house.settings,
        smtp_url=mail.url,
        webhook_hosts=frozenset({hooks.host}),
        public_url="https://gongban.union.example",
    )
    house.app.extensions["gongban_settings"] = settings
    house.engine.channels = frozenset({"mail", "webhook"})
    with house.engine.command(SYSTEM) as uow:
        for person in PEOPLE:
            set_address(uow, person, f"{person}@union.example")
        uow.commit()
    return Post(house, mail, hooks, HouseCourier(house.engine, settings))


@pytest.fixture
def post(house: House, mail: MailServer, hooks: Receiver) -> Post:
    """On both databases."""
    return connect(house, mail, hooks)


@pytest.fixture
def small_post(small_house: House, mail: MailServer, hooks: Receiver) -> Post:
    """On SQLite alone, for what no database has a part in."""
    return connect(small_house, mail, hooks)

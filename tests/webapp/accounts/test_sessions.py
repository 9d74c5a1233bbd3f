"""Signing in, staying signed in, being thrown out."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from engine.store.tables import event
from webapp.accounts.errors import LoginRefused, TooManyAttempts
from webapp.accounts.own_password import set_password
from webapp.accounts.people import end_role, set_disabled
from webapp.accounts.sessions import Visitor, revoke
from webapp.accounts.sign_in import SignIn
from webapp.accounts.tables import account, login_attempt, role_holding, session
from webapp.accounts.throttle import MOST_BY_USERNAME

PASSWORD = "a-long-enough-one"


@pytest.fixture
def sessions(house: Any, anna: str) -> SignIn:
    return SignIn(house)


def test_a_right_password_opens_a_session_with_the_persons_keys(sessions: SignIn) -> None:
    found = sessions.find(sessions.sign_in("anna", PASSWORD).token)
    assert found is not None
    assert (found.name, found.username, found.actor.unit) == ("Anna", "anna", "north")
    assert found.actor.keys == {"person:anna", "checker@north"}


def test_a_session_is_found_with_one_statement(sessions: SignIn, house: Any) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sql_event.listen(house.database.engine, "before_cursor_execute", count)
    assert sessions.find(token)
    assert len(statements) == 1


def test_the_token_is_nowhere_in_the_database(sessions: SignIn, house: Any) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    with house.database.read() as connection:
        rows = [connection.execute(select(table)).all() for table in (session, event, account)]
    assert token not in str(rows)
    assert PASSWORD not in str(rows)


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong-password"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    sessions: SignIn, name: str, password: str
) -> None:
    with pytest.raises(LoginRefused) as refusal:
        sessions.sign_in(name, password)
    assert refusal.value.parts == {}


def test_guessing_has_to_wait_and_may_go_on_later(sessions: SignIn, house: Any) -> None:
    for _ in range(MOST_BY_USERNAME):
        with pytest.raises(LoginRefused):
            sessions.sign_in("anna", "wrong-password")
    with pytest.raises(TooManyAttempts) as refusal:
        sessions.sign_in("anna", PASSWORD)
    wait = refusal.value.parts["retry_after"]
    assert isinstance(wait, int)
    assert 0 < wait <= 900
    house.clock.advance(timedelta(seconds=wait))
    assert sessions.sign_in("anna", PASSWORD)


def test_a_success_does_not_count_as_an_attempt(sessions: SignIn, house: Any) -> None:
    sessions.sign_in("anna", PASSWORD, Visitor("10.0.0.1"))
    with house.database.read() as connection:
        assert connection.execute(select(login_attempt)).all() == []


def test_a_session_in_use_lives_on_and_an_unused_one_ends(sessions: SignIn, house: Any) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    for _ in range(5):
        house.clock.advance(timedelta(hours=11))
        assert sessions.find(token)
    house.clock.advance(timedelta(hours=12, minutes=1))
    assert sessions.find(token) is None


def test_signing_out_ends_the_session(sessions: SignIn) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    sessions.sign_out(token)
    assert sessions.find(token) is None


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(sessions: SignIn, do: Any) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    do(set_disabled, "anna", True)
    assert sessions.find(token) is None
    with pytest.raises(LoginRefused):
        sessions.sign_in("anna", PASSWORD)


def test_a_new_password_ends_the_running_sessions(sessions: SignIn, do: Any) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    do(set_password, "anna", "quite-another-one")
    assert sessions.find(token) is None
    assert sessions.sign_in("anna", "quite-another-one")


def test_a_role_that_ends_is_gone_from_the_next_request(
    sessions: SignIn, do: Any, house: Any
) -> None:
    token = sessions.sign_in("anna", PASSWORD).token
    with house.database.read() as connection:
        holding = connection.execute(select(role_holding.c.id)).scalar_one()
    do(end_role, holding)
    found = sessions.find(token)
    assert found is not None
    assert found.actor.keys == {"person:anna"}


def test_a_person_sees_and_ends_the_own_sessions(sessions: SignIn, do: Any) -> None:
    one, two = (sessions.sign_in("anna", PASSWORD).token for _ in range(2))
    listed = sessions.of_person("anna")
    assert len(listed) == 2
    current = sessions.find(one)
    assert current is not None
    assert do(revoke, "anna", session_id=current.id) == 1
    assert sessions.find(one) is None
    assert sessions.find(two)

"""What a password may be, and what becomes of former ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from webapp.accounts.errors import LoginRefused, NewPasswordRequired, TooManyAttempts, WeakPassword
from webapp.accounts.own_password import drop_password, set_password
from webapp.accounts.passwords import is_old, make_password
from webapp.accounts.people import add_person, open_account
from webapp.accounts.policy import REMEMBERED, weakness
from webapp.accounts.sessions import Visitor
from webapp.accounts.sign_in import NEW_PASSWORD, Rules, SignIn, Waiting
from webapp.accounts.tables import account, former_password
from webapp.accounts.throttle import MOST_BY_ADDRESS

PASSWORD = "a-long-enough-one"
KNOWN = ("wanghaiyan", "王海燕", "NL-00020")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kurz-9zei", "short"),
        ("x" * 201, "long"),
        ("wanghaiyan", "known"),
        ("WangHaiYan1!", "known"),
        ("王海燕王海燕王海", "short"),
        ("20!nl-00020", "known"),
        ("password2026", "common"),
        ("P@ssw0rd2026", "common"),
        ("woaini1314520", "common"),
        ("我爱中国20261001", "common"),
        ("1234567890", "common"),
        ("qwertyuiop12", "common"),
        ("9876543210a", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abab-abab-abab", "common"),
        ("abc12abc12abc12", "common"),
        ("gongban-demo", None),
        ("a-long-enough-one", None),
        ("correct horse battery", None),
        ("春江潮水连海平海上明月", None),
        ("my password is nobody's", None),
    ],
)
def test_length_is_asked_for_and_what_is_guessed_first_is_refused(
    password: str, why: str | None
) -> None:
    assert weakness(password, *KNOWN) == why


def test_passwords_made_here_pass_their_own_policy() -> None:
    assert {weakness(make_password(), *KNOWN) for _ in range(200)} == {None}


def test_the_last_passwords_do_not_come_back_and_older_ones_may(
    do: Any, house: Any, anna: str
) -> None:
    used = [PASSWORD, *(f"password of week {number}" for number in range(REMEMBERED))]
    for one in used[1:]:
        house.clock.advance(timedelta(days=7))
        do(set_password, anna, one)
    for one in used[-REMEMBERED:]:
        with pytest.raises(WeakPassword) as refusal:
            do(set_password, anna, one)
        assert refusal.value.parts["why"] == "former"
    do(set_password, anna, used[0])
    with house.database.read() as connection:
        kept = connection.execute(select(former_password.c.password_hash)).all()
    assert len(kept) == REMEMBERED - 1


def test_the_own_name_is_no_password(do: Any, anna: str) -> None:
    ben = do(add_person, "Benjamina", member_no="N-2", unit_id="north")
    for one in ("benjamina-2", "Benjamina 26"):
        with pytest.raises(WeakPassword):
            do(open_account, ben, "ben", one)


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(
    do: Any, house: Any, anna: str
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with house.database.write() as connection:
        connection.execute(update(account).values(password_hash=weak))
        connection.commit()
    doors = SignIn(house)
    with pytest.raises(LoginRefused):
        doors.sign_in("anna", "not-the-password")
    assert is_old(_hash(house))
    doors.sign_in("anna", PASSWORD)
    assert _hash(house).startswith("$argon2id$")
    assert not is_old(_hash(house))
    doors.sign_in("anna", PASSWORD)


def _hash(house: Any) -> str:
    with house.database.read() as connection:
        return str(connection.execute(select(account.c.password_hash)).scalar_one())


def test_a_password_somebody_else_has_set_opens_nothing_but_the_choice_of_another(
    do: Any, house: Any, anna: str
) -> None:
    do(set_password, anna, "made by the office", must_change=True)
    doors = SignIn(house)
    with pytest.raises(NewPasswordRequired):
        doors.sign_in("anna", "made by the office")
    reached = doors.begin("anna", "made by the office")
    assert isinstance(reached, Waiting)
    assert reached.needs == NEW_PASSWORD
    assert doors.find(reached.token) is None
    with pytest.raises(WeakPassword):
        doors.give_new_password(reached.token, "made by the office")
    opened = doors.give_new_password(reached.token, "chosen by herself")
    assert not isinstance(opened, Waiting)
    assert doors.find(opened.token)
    assert doors.sign_in("anna", "chosen by herself")


def test_passwords_run_out_only_where_the_installation_says_so(
    do: Any, house: Any, anna: str
) -> None:
    house.clock.advance(timedelta(days=4000))
    assert SignIn(house).sign_in("anna", PASSWORD)
    strict = SignIn(house, Rules(password_days=90))
    with pytest.raises(NewPasswordRequired):
        strict.sign_in("anna", PASSWORD)
    reached = strict.begin("anna", PASSWORD)
    assert isinstance(reached, Waiting)
    strict.give_new_password(reached.token, "chosen by herself")
    assert strict.sign_in("anna", "chosen by herself")


def test_an_account_without_a_password_is_not_opened_by_any(do: Any, house: Any, anna: str) -> None:
    doors = SignIn(house)
    token = doors.sign_in("anna", PASSWORD).token
    do(drop_password, anna)
    assert doors.find(token) is None
    for one in (PASSWORD, "", "None"):
        with pytest.raises(LoginRefused):
            doors.sign_in("anna", one)


def test_one_address_that_tries_many_names_has_to_wait_and_others_do_not(
    house: Any, anna: str
) -> None:
    doors, building = SignIn(house), Visitor("10.0.0.9")
    for number in range(MOST_BY_ADDRESS):
        with pytest.raises(LoginRefused):
            doors.begin(f"name-{number}", "some-password", building)
    with pytest.raises(TooManyAttempts):
        doors.begin("anna", PASSWORD, building)
    assert doors.sign_in("anna", PASSWORD, Visitor("10.0.0.10"))

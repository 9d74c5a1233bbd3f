"""The second step at sign-in: codes of a device, each taken once, and recovery codes."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from engine.clock import OffsetClock
from engine.errors import NotFound, ReasonRequired
from engine.store.tables import event
from webapp.accounts.errors import (
    CodeRefused,
    SecondFactorMissing,
    SecondFactorRequired,
    SecondFactorThere,
    SignInOver,
    TooManyAttempts,
)
from webapp.accounts.people import assign_role, set_disabled
from webapp.accounts.second_factor import (
    begin_device,
    check_code,
    confirm_device,
    new_recovery_codes,
    remove_device,
    reset_device,
    standing_of,
)
from webapp.accounts.sign_in import CODE, DEVICE, Rules, SignIn, Waiting
from webapp.accounts.tables import pending_sign_in, recovery_code, second_factor
from webapp.accounts.throttle import MOST_BY_CODE

PASSWORD = "a-long-enough-one"


class Phone:
    """What the person holds: shows the code of the moment."""

    def __init__(self, house: Any, secret: str) -> None:
        self._house, self._totp = house, pyotp.TOTP(secret)

    def code(self, steps: int = 0) -> str:
        return self._totp.at(int(self._house.clock.now().timestamp()) + 30 * steps)


@pytest.fixture
def phone(house: Any, do: Any, anna: str) -> Phone:
    made = Phone(house, do(begin_device, anna))
    do(confirm_device, anna, made.code())
    # The code that confirmed it is taken.
    house.clock.advance(timedelta(seconds=60))
    return made


def wait(house: Any) -> Waiting:
    reached = SignIn(house).begin("anna", PASSWORD)
    assert isinstance(reached, Waiting)
    return reached


def test_the_password_alone_opens_no_session(house: Any, phone: Phone) -> None:
    doors, reached = SignIn(house), wait(house)
    assert reached.needs == CODE
    assert doors.find(reached.token) is None
    assert doors.of_person("anna") == []
    with pytest.raises(SecondFactorRequired):
        doors.sign_in("anna", PASSWORD)
    opened = doors.give_code(reached.token, phone.code())
    assert not isinstance(opened, Waiting)
    assert doors.find(opened.token)
    with house.database.read() as connection:
        assert connection.execute(select(pending_sign_in)).all() == []


def test_a_program_sends_the_code_beside_the_password(house: Any, phone: Phone) -> None:
    assert SignIn(house).sign_in("anna", PASSWORD, code=phone.code())
    with pytest.raises(CodeRefused):
        SignIn(house).sign_in("anna", PASSWORD, code="000000")


def test_a_code_is_taken_once_and_none_before_it(house: Any, phone: Phone) -> None:
    code, older = phone.code(), phone.code(-1)
    SignIn(house).sign_in("anna", PASSWORD, code=code)
    for one in (code, older):
        with pytest.raises(CodeRefused):
            SignIn(house).sign_in("anna", PASSWORD, code=one)
    house.clock.advance(timedelta(seconds=30))
    assert SignIn(house).sign_in("anna", PASSWORD, code=phone.code())


def test_of_two_requests_with_one_code_one_comes_in(house: Any, phone: Phone) -> None:
    code, came_in = phone.code(), []

    def attempt() -> None:
        try:
            check_code(house, "anna", code)
            came_in.append(True)
        except CodeRefused:
            pass

    threads = [Thread(target=attempt) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert came_in == [True]


def test_the_code_that_confirmed_the_device_signs_nobody_in(house: Any, do: Any, anna: str) -> None:
    phone = Phone(house, do(begin_device, anna))
    code = phone.code()
    do(confirm_device, anna, code)
    with pytest.raises(CodeRefused):
        SignIn(house).sign_in("anna", PASSWORD, code=code)


@pytest.mark.parametrize("seconds", [-30, 30])
def test_the_devices_clock_may_differ_by_half_a_minute(
    house: Any, phone: Phone, seconds: int
) -> None:
    assert SignIn(house).sign_in("anna", PASSWORD, code=phone.code(seconds // 30))


def test_a_code_from_long_ago_or_of_another_shape_is_refused(house: Any, phone: Phone) -> None:
    for one in (phone.code(-4), phone.code(3), "", "12345", "1234567", "１２３４５６", "x" * 200):
        if one.isascii():
            with pytest.raises((CodeRefused, SecondFactorRequired)):
                SignIn(house).sign_in("anna", PASSWORD, code=one)
        house.clock.advance(timedelta(minutes=20))


def test_guessing_codes_has_to_wait(house: Any, phone: Phone) -> None:
    for _ in range(MOST_BY_CODE):
        with pytest.raises(CodeRefused):
            SignIn(house).give_code(wait(house).token, "000000")
    with pytest.raises(TooManyAttempts):
        SignIn(house).give_code(wait(house).token, phone.code())
    house.clock.advance(timedelta(minutes=15))
    assert SignIn(house).give_code(wait(house).token, phone.code())
    with house.database.read() as connection:
        types = list(connection.execute(select(event.c.type)).scalars())
    assert types.count("account.code_refused") == MOST_BY_CODE


def test_half_a_sign_in_ends_after_ten_minutes_and_with_the_account(
    house: Any, do: Any, phone: Phone
) -> None:
    reached = wait(house)
    house.clock.advance(timedelta(minutes=11))
    with pytest.raises(SignInOver):
        SignIn(house).give_code(reached.token, phone.code())
    reached = wait(house)
    do(set_disabled, "anna", True)
    with pytest.raises(SignInOver):
        SignIn(house).give_code(reached.token, phone.code())


def test_each_recovery_code_opens_the_account_once(house: Any, do: Any, phone: Phone) -> None:
    codes = do(new_recovery_codes, "anna")
    assert len(set(codes)) == 10
    spelled = [codes[0], codes[1].lower(), codes[2].replace("-", " ")]
    for one in spelled:
        assert SignIn(house).sign_in("anna", PASSWORD, code=one)
        with pytest.raises(CodeRefused):
            SignIn(house).sign_in("anna", PASSWORD, code=one)
    with house.database.read() as connection:
        assert standing_of(connection, "anna").recovery_left == 7
    do(new_recovery_codes, "anna")
    with pytest.raises(CodeRefused):
        SignIn(house).sign_in("anna", PASSWORD, code=codes[5])


def test_neither_secret_nor_codes_lie_in_the_clear(house: Any, do: Any, anna: str) -> None:
    secret = do(begin_device, anna)
    codes = do(confirm_device, anna, Phone(house, secret).code())
    with house.database.read() as connection:
        stored = str(
            [
                connection.execute(select(table)).all()
                for table in (second_factor, recovery_code, event)
            ]
        )
    for one in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert one not in stored


def test_a_device_counts_once_a_code_of_it_was_typed(house: Any, do: Any, anna: str) -> None:
    secret = do(begin_device, anna)
    assert do(begin_device, anna) == secret
    assert SignIn(house).sign_in("anna", PASSWORD)
    with pytest.raises(CodeRefused):
        do(confirm_device, anna, "000000")
    do(confirm_device, anna, Phone(house, secret).code())
    with pytest.raises(SecondFactorThere):
        do(begin_device, anna)
    with pytest.raises(SecondFactorRequired):
        SignIn(house).sign_in("anna", PASSWORD)


def test_without_the_device_the_password_is_enough_again(house: Any, do: Any, phone: Phone) -> None:
    do(remove_device, "anna")
    assert SignIn(house).sign_in("anna", PASSWORD)
    with pytest.raises(NotFound):
        do(remove_device, "anna")


def test_an_administrator_takes_a_lost_device_off_with_a_reason_on_the_record(
    house: Any, do: Any, phone: Phone
) -> None:
    token = SignIn(house).sign_in("anna", PASSWORD, code=phone.code()).token
    with pytest.raises(ReasonRequired):
        do(reset_device, "anna", "  ")
    do(reset_device, "anna", "phone lost")
    assert SignIn(house).find(token) is None
    assert SignIn(house).sign_in("anna", PASSWORD)
    with house.database.read() as connection:
        types = list(connection.execute(select(event.c.type)).scalars())
    assert "account.second_factor_reset" in types


def test_a_role_may_ask_for_the_second_step(house: Any, do: Any, anna: str) -> None:
    doors = SignIn(house, Rules(second_factor_roles=frozenset({"treasurer"})))
    assert doors.sign_in("anna", PASSWORD)
    do(assign_role, anna, "treasurer", "north")
    with pytest.raises(SecondFactorMissing):
        doors.sign_in("anna", PASSWORD)
    reached = doors.begin("anna", PASSWORD)
    assert isinstance(reached, Waiting)
    assert reached.needs == DEVICE
    phone = Phone(house, doors.device_of(reached.token))
    with pytest.raises(CodeRefused):
        doors.give_first_code(reached.token, "000000")
    opened, codes = doors.give_first_code(reached.token, phone.code())
    assert not isinstance(opened, Waiting)
    assert doors.find(opened.token)
    assert len(codes) == 10
    with pytest.raises(SecondFactorRequired):
        doors.sign_in("anna", PASSWORD)


def test_phones_go_by_the_real_time_while_a_demonstrations_clock_is_ahead(
    house: Any, phone: Phone
) -> None:
    code = phone.code()
    house.clock = OffsetClock(house.clock, lambda: timedelta(days=40))
    assert SignIn(house).sign_in("anna", PASSWORD, code=code)

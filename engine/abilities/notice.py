"""Public notices: whitelisted content, a period in working days, objections, a result.

State of a notice: open → closed, or withdrawn when its case ends early. Under review it is closed to
further objections and has the result `under_review` until the reviewer's finding is entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from engine.abilities import arguments
from engine.abilities.arguments import refuse
from engine.abilities.base import Answer, Call, Done
from engine.abilities.disclosure import refuse_sealed
from engine.abilities.notice_rules import NoticeRules, published_items
from engine.errors import Conflict, NotFound
from engine.ids import new_id
from engine.store.case import Case
from engine.store.tables import notice, objection
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import Deadline

PUBLISH = "notice.publish"
#: Longest period of a notice, in working days.
LONGEST_PERIOD = 260
#: The place that holds all others: a notice there is for everybody.
EVERYWHERE = "root"
#: Field of the case document in which a reviewer says whether the objections hold.
FINDING = "objection_upheld"


class NoticeStillOpen(Conflict):
    """The notice's last day is not over."""

    problem = "notice_still_open"


class Publish:
    """`notice.publish`: show the items from today to the last of `days` working days."""

    sets_aside = False

    def __init__(self, rules: NoticeRules) -> None:
        self.rules = rules

    def run(self, call: Call) -> Answer:
        """Publish; raise `InvalidArgument` for content that must not be published."""
        uow = call.uow
        title, scope = arguments.text(call, "title", 200), arguments.text(call, "scope", 32)
        phone = arguments.text(call, "phone", 40)
        for name, text in (("title", title), ("phone", phone)):
            refuse_sealed(call, name, text)
        days, include_start_day, period = _period(call)
        notice_id = new_id()
        uow.execute(
            insert(notice).values(
                id=notice_id,
                instance_id=call.case.id,
                title=title,
                scope=scope,
                place=_place(call, scope),
                items=published_items(call, self.rules),
                starts_on=uow.today,
                ends_on=period.day,
                provisional=period.provisional,
                days=days,
                include_start_day=include_start_day,
                phone=phone,
                state="open",
            )
        )
        call.leave_effect(PUBLISH, "reversed", notice_id)
        return Done({"id": notice_id, **_dates(uow, period)})

    def imagine(self, call: Call, answered: Any) -> Any:
        """The dates a notice would have; nothing is published."""
        known = answered if isinstance(answered, dict) else {"id": ""}
        return {**known, **_dates(call.uow, _period(call)[2])}

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Withdraw the notice; its page says so."""
        uow.execute(update(notice).where(notice.c.id == done.reference).values(state="withdrawn"))


class Close:
    """`notice.close`: after the last day count the objections, and later enter the finding."""

    sets_aside = False

    def __init__(self, rules: NoticeRules) -> None:
        self.rules = rules

    def run(self, call: Call) -> Answer:
        """First call: close. Called again while under review: settle as the reviewer found.

        The finding is only read for a notice that was already under review, so that one left in the
        document by an earlier notice of the case decides nothing.
        """
        uow = call.uow
        notices = self._current(uow, call.case)
        if not notices:
            raise NotFound("The case has published no notice.", instance=call.case.id)
        for row in notices:
            if row.state == "open":
                self._close(uow, row)
            elif row.result == self.rules.under_review:
                self._settle(uow, row, call.case.document.content.get(FINDING))
        return Done(self._result(uow, [row.id for row in notices]))

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Closing leaves no effect; the notice's own is undone by `notice.publish`."""

    def _current(self, uow: UnitOfWork, case: Case) -> Sequence[Row[Any]]:
        """The notices that are open or under review; when there are none, the newest."""
        rows = uow.execute(
            select(notice)
            .where(notice.c.instance_id == case.id, notice.c.state != "withdrawn")
            .order_by(notice.c.starts_on, notice.c.id)
            .with_for_update()
        ).all()
        unsettled = [
            row for row in rows if row.state == "open" or row.result == self.rules.under_review
        ]
        return unsettled or rows[-1:]

    def _close(self, uow: UnitOfWork, row: Row[Any]) -> None:
        if uow.today <= row.ends_on:
            raise NoticeStillOpen(notice=row.id, ends=row.ends_on.isoformat())
        objections = _states(uow, [row.id])
        result = self.rules.under_review if objections else self.rules.none
        uow.execute(
            update(notice).where(notice.c.id == row.id).values(state="closed", result=result)
        )

    def _settle(self, uow: UnitOfWork, row: Row[Any], finding: object) -> None:
        if not isinstance(finding, bool):
            return
        state = "upheld" if finding else "dismissed"
        uow.execute(
            update(objection)
            .where(objection.c.notice_id == row.id, objection.c.state == "open")
            .values(state=state)
        )
        result = self.rules.upheld if finding else self.rules.dismissed
        uow.execute(update(notice).where(notice.c.id == row.id).values(result=result))

    def _result(self, uow: UnitOfWork, notices: list[str]) -> dict[str, Any]:
        states = _states(uow, notices)
        if "open" in states:
            result = self.rules.under_review
        elif "upheld" in states:
            result = self.rules.upheld
        else:
            result = self.rules.dismissed if states else self.rules.none
        return {"objections": len(states), "upheld": states.count("upheld"), "result": result}


def _states(uow: UnitOfWork, notices: list[str]) -> list[str]:
    found = select(objection.c.state).where(objection.c.notice_id.in_(notices))
    return list(uow.execute(found).scalars())


def _period(call: Call) -> tuple[int, bool, Deadline]:
    """How many working days from today, whether today is one of them, and the last of them."""
    uow = call.uow
    days = arguments.whole(call, "days", 1, LONGEST_PERIOD)
    include_start_day = arguments.flag(call, "include_start_day")
    period = uow.engine.working_days.add(uow.today, days, include_start_day=include_start_day)
    return days, include_start_day, period


def _dates(uow: UnitOfWork, period: Deadline) -> dict[str, Any]:
    return {
        "starts": uow.today.isoformat(),
        "ends": period.day.isoformat(),
        "provisional": period.provisional,
    }


def _place(call: Call, scope: str) -> str | None:
    """The place among whose people the notice is shown; None: everybody."""
    if scope == EVERYWHERE:
        return None
    places = call.case.places
    place = places.get(scope) or places.get(f"applicant.{scope}")
    if place is None:
        raise refuse(call, "scope", f"{EVERYWHERE} or a place of the case")
    return None if place == places.get(EVERYWHERE) else place

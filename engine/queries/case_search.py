"""Finding cases by words: among all there are, those that the asker may read, the newest first.

The cases with the rarest two grams are gone through from the newest on, so many for each page; a page
may hold few of them and still say where to look further.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from engine.actors import Actor
from engine.errors import Invalid
from engine.queries.cases import case_item
from engine.queries.found import Cases, cases_with
from engine.queries.inbox import holds
from engine.queries.items import Page
from engine.queries.proxies import StandIn, stands_in_for
from engine.queries.readers import reader_keys
from engine.store.tables import case_gram, copy, delegation, instance, signer, task, task_candidate

if TYPE_CHECKING:
    from engine.engine import Engine

#: So many cases that have the words are looked at for one page.
_AT_ONCE = 300
_COLUMNS = (
    instance.c.id,
    instance.c.definition_id,
    instance.c.title,
    instance.c.number,
    instance.c.amount_fen,
    instance.c.starter_id,
    instance.c.state,
    instance.c.started_at,
    instance.c.ended_at,
    instance.c.end_event,
    instance.c.place,
    instance.c.places,
)


def find_cases(
    house: Engine,
    connection: Connection,
    actor: Actor,
    words: Sequence[str],
    *,
    conditions: Sequence[ColumnElement[bool]] = (),
    limit: int = 30,
    after: str | None = None,
) -> Page:
    """One page of the cases that have all of these words and that the actor may read."""
    if after is not None and not 0 < len(after) <= 64:
        raise Invalid("This does not name the end of a page.")
    cases = cases_with(connection, tuple(words))
    if not (cases.named or cases.number):
        return Page([], None)
    owners = stands_in_for(house, connection, actor.id, house.clock.now())
    statement = (
        select(*_COLUMNS, _concerns(actor, owners).label("concerns"))
        .where(instance.c.id.in_(_gone_through(cases, after)), holds(words), *conditions)
        .order_by(instance.c.id.desc())
        .limit(_AT_ONCE)
    )
    if after is not None:
        statement = statement.where(instance.c.id < after)
    rows = connection.execute(statement).all()
    seen = [row for row in rows if _may_read(house, actor, row)]
    if len(seen) > limit:
        return Page([case_item(row) for row in seen[:limit]], seen[limit - 1].id)
    following = rows[-1].id if len(rows) == _AT_ONCE else _last(connection, cases, after)
    return Page([case_item(row) for row in seen], following)


def _gone_through(cases: Cases, after: str | None) -> Any:
    """Ids of the newest cases that have both grams."""
    if cases.named:
        return cases.named
    newest = _posted(cases, after).limit(cases.at_once).subquery()
    second = case_gram.alias("second")
    return select(newest.c.instance_id).where(
        select(second.c.gram)
        .where(second.c.gram == cases.second, second.c.instance_id == newest.c.instance_id)
        .exists()
    )


def _posted(cases: Cases, after: str | None) -> Any:
    statement = select(case_gram.c.instance_id).where(case_gram.c.gram == cases.rarest)
    if after is not None:
        statement = statement.where(case_gram.c.instance_id < after)
    return statement.order_by(case_gram.c.instance_id.desc())


def _last(connection: Connection, cases: Cases, after: str | None) -> str | None:
    """The last case gone through, where there are more behind it."""
    if cases.named or cases.number <= cases.at_once:
        return None
    statement = _posted(cases, after).offset(cases.at_once - 1).limit(2)
    ids = list(connection.execute(statement).scalars())
    return ids[0] if len(ids) == 2 else None


def _may_read(house: Engine, actor: Actor, row: Any) -> bool:
    """As `readers.may_know` has it, without a query for each line."""
    if row.concerns or actor.administers:
        return True
    return bool(reader_keys(house.catalog.get(row.definition_id), row.places) & actor.keys)


def _concerns(actor: Actor, owners: Sequence[StandIn]) -> ColumnElement[bool]:
    """Whether somebody has a part in a case, is asked in it, or has a copy of it."""
    me = actor.id
    its_signer = and_(
        signer.c.task_id == task.c.id,
        or_(and_(signer.c.person_id == me, signer.c.state != "removed"), signer.c.voted_by == me),
    )
    advises = and_(
        delegation.c.task_id == task.c.id,
        delegation.c.adviser_id == me,
        delegation.c.state.in_(("open", "answered")),
    )
    part = or_(
        task.c.completed_by == me,
        task.c.completed_for == me,
        select(signer.c.task_id).where(its_signer).exists(),
        select(delegation.c.id).where(advises).exists(),
        _asks(actor),
    )
    copied = and_(copy.c.instance_id == instance.c.id, copy.c.person_id == me)
    found = [
        instance.c.starter_id == me,
        select(task.c.id).where(task.c.instance_id == instance.c.id, part).exists(),
        select(copy.c.person_id).where(copied).exists(),
    ]
    for one in owners:
        asked = select(task.c.id).where(task.c.instance_id == instance.c.id, _asks(one.owner))
        conditions = [instance.c.starter_id != one.owner.id, asked.exists()]
        if one.processes is not None:
            conditions.append(instance.c.key.in_(sorted(one.processes)))
        found.append(and_(*conditions))
    return or_(*found)


def _asks(person: Actor) -> ColumnElement[bool]:
    return (
        select(task_candidate.c.task_id)
        .where(task_candidate.c.task_id == task.c.id, task_candidate.c.key.in_(sorted(person.keys)))
        .exists()
    )

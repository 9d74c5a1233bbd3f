"""The few numbers on every page, asked again by pages that are being looked at."""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from engine.queries.inbox import counts
from engine.queries.notifications import unread
from webapp.notify.sentences import bell
from webapp.pages import filters
from webapp.pages.blueprint import blueprint
from webapp.requests import current_actor, engine, standing_in


@blueprint.get("/live")
def live() -> Response:
    """What waits and what is unread, in a few statements; 304 while nothing has changed.

    The page sends back the tag it has: nothing of it lies in the browser's cache.
    """
    actor = current_actor()
    with engine().database.read() as connection:
        numbers = counts(connection, actor, ("todo", "pool"), owners=standing_in(connection))
        told = {box: filters.count(number) for box, number in numbers.items()}
        told["unread"] = bell(unread(connection, actor.id))
    answer = jsonify(told)
    answer.add_etag()
    return answer.make_conditional(request)

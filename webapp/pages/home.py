"""Where one lands after signing in."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.pages.blueprint import blueprint
from webapp.requests import current_actor, engine, session_or_none, standing_in
from webapp.rights import starts_something
from webapp.views.home import deadlines, my_cases, numbers, results


@blueprint.get("/")
def home() -> BaseResponse | str:
    """What concerns the caller today; the door for whoever has not signed in."""
    if session_or_none() is None:
        return redirect(url_for("pages.login"))
    house, actor = engine(), current_actor()
    with house.database.read() as connection:
        owners = standing_in(connection)
        return render_template(
            "home.html",
            now=house.clock.now(),
            numbers=numbers(connection, house, actor, owners),
            deadlines=deadlines(connection, house, actor, owners),
            cases=my_cases(connection, house, actor),
            results=results(connection, house, actor),
            starts=starts_something(actor),
        )

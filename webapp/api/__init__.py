"""The JSON API of `/api/v1`, with its OpenAPI document."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from webapp.api.administering import instances as administering
from webapp.api.administering import tasks as moving
from webapp.api.approval_form import blueprint as approval_form
from webapp.api.clearing import tasks as clearing
from webapp.api.definitions import blueprint as definitions
from webapp.api.files import blueprint as files
from webapp.api.filters import blueprint as filters
from webapp.api.instances import blueprint as instances
from webapp.api.migrating import definitions as looking
from webapp.api.migrating import instances as migrating
from webapp.api.migrating import migrations
from webapp.api.notifications import blueprint as notifications
from webapp.api.processes import blueprint as processes
from webapp.api.proxies import blueprint as proxies
from webapp.api.recusals import blueprint as recusals
from webapp.api.remarks import blueprint as remarks
from webapp.api.sending_back import instances as revising
from webapp.api.sending_back import tasks as sending_back
from webapp.api.sessions import blueprint as sessions
from webapp.api.stuck import blueprint as stuck
from webapp.api.tasks import blueprint as tasks
from webapp.api.uploads import blueprint as uploads


def register(app: Flask) -> None:
    """Add the API to the application."""
    app.config.update(
        API_TITLE="Gongban",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app)
    for blueprint in (
        sessions,
        processes,
        stuck,
        tasks,
        filters,
        instances,
        clearing,
        sending_back,
        revising,
        moving,
        administering,
        approval_form,
        remarks,
        proxies,
        recusals,
        files,
        uploads,
        definitions,
        looking,
        migrating,
        migrations,
        notifications,
    ):
        api.register_blueprint(blueprint)

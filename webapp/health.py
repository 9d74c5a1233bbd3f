"""Is it alive, is it ready: for whoever watches the service."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from flask import Flask, Response, jsonify, make_response
from sqlalchemy import func, select, text

from engine.store.tables import checkpoint, delivery, job
from webapp.requests import engine, settings

#: A job overdue by more than this means that no worker runs.
_LATE = timedelta(minutes=5)
_LEAST_FREE_BYTES = 200 * 1024 * 1024


def register(app: Flask) -> None:
    """Add the health pages; they tell nothing about cases."""
    app.add_url_rule("/health/live", "health_live", _live)
    app.add_url_rule("/health/ready", "health_ready", _ready)


def _live() -> Response:
    return jsonify({"status": "ok"})


def _ready() -> Response:
    found: dict[str, Any] = {}
    house = engine()
    now = house.clock.now()
    try:
        with house.database.read() as connection:
            connection.execute(text("SELECT 1"))
            oldest = connection.execute(
                select(func.min(job.c.due_at)).where(job.c.state == "due")
            ).scalar()
            incidents = connection.execute(
                select(func.count()).select_from(job).where(job.c.state == "incident")
            ).scalar_one()
            undelivered = connection.execute(
                select(func.count()).select_from(delivery).where(delivery.c.state == "given_up")
            ).scalar_one()
            sealed = connection.execute(select(func.max(checkpoint.c.at))).scalar()
        found["database"] = True
        found["jobs"] = oldest is None or oldest > now - _LATE
        found["incidents"] = incidents
        found["undelivered"] = undelivered
        found["last_checkpoint"] = sealed.isoformat() if sealed else None
    except Exception:
        # Whatever is wrong with the database, the answer is the same: not ready.
        found["database"] = False
    free = shutil.disk_usage(settings().home).free
    found["disk"] = free > _LEAST_FREE_BYTES
    today = now.astimezone(house.zone).date()
    found["calendar"] = house.working_days.year_published(today.year)
    ready = all(found.get(name) for name in ("database", "jobs", "disk", "calendar"))
    return make_response(jsonify({"ready": ready, **found}), 200 if ready else 503)

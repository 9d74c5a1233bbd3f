"""The audit trail for its readers; nothing on these pages changes anything."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, render_template, url_for
from sqlalchemy import select

from engine.audit import Report
from engine.audit.records import export, verify
from engine.store.tables import checkpoint
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require


@blueprint.get("/audit")
def audit() -> str:
    """The checkpoints."""
    require("audit")
    return _page(None)


@blueprint.post("/audit/verify")
def audit_verify() -> str:
    """Check the whole trail now."""
    require("audit")
    began = time.monotonic()
    report = verify(engine(), all_roots=False)
    return _page(_verification(report, time.monotonic() - began))


def _verification(report: Report, seconds: float) -> dict[str, Any]:
    with engine().database.read() as connection:
        until = connection.execute(
            select(checkpoint.c.at).order_by(checkpoint.c.number.desc()).limit(1)
        ).scalar()
    return {
        "state": "ok" if report.ok else "failed",
        "checked_at": engine().clock.now(),
        "streams": report.streams,
        "events": report.events,
        "until": until,
        "open_events": report.unsealed_events,
        "findings": [
            {"stream": one.stream or "", "text": one.message, "url": _case_url(one.stream)}
            for one in report.findings
        ],
        "seconds": seconds,
    }


def _case_url(stream: str | None) -> str | None:
    if stream and stream.startswith("instance:"):
        return url_for("pages.case", id=stream.removeprefix("instance:"))
    return None


def _page(verification: dict[str, Any] | None) -> str:
    with engine().database.read() as connection:
        rows = connection.execute(
            select(checkpoint).order_by(checkpoint.c.number.desc()).limit(50)
        ).all()
    return render_template(
        "audit.html",
        verification=verification,
        checkpoints=[
            {
                "number": row.number,
                "at": row.at,
                "streams": row.record.get("streams") or row.record.get("count"),
                "events": len(row.heads),
                "root": str(row.record.get("root", "")),
                "signed_by": row.record.get("key", ""),
                "sent_to": _("checkpoint file"),
                "state": "ok",
                "state_text": _("sealed"),
            }
            for row in rows
        ],
        export_url=url_for("pages.audit_export"),
        more_url=None,
    )


@blueprint.get("/audit/export")
def audit_export() -> Response:
    """The whole trail with a verifier that needs neither this server nor us."""
    require("audit")
    with TemporaryDirectory(prefix="gongban-export-") as folder:
        target = Path(folder) / "audit.zip"
        export(engine(), target)
        content = target.read_bytes()
    return Response(
        content,
        mimetype="application/zip",
        headers={"Content-Disposition": 'attachment; filename="gongban-audit.zip"'},
    )

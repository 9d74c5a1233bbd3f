"""How people and programs reach the engine: pages, JSON API, command line, jobs and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from engine.engine import Engine
    from webapp.settings import Settings


def create_app(settings: Settings, engine: Engine) -> Flask:
    """The Flask application over an engine that somebody else has built."""
    from webapp.application import build

    return build(settings, engine)

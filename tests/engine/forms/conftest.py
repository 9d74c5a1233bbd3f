"""Builders for forms: a schema of a few components, and one call that validates."""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.forms import Cleaned, Form, Known, KnownValues, compile_form

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def build_schema(*components: dict[str, Any]) -> dict[str, Any]:
    """A form-js schema; every component gets a label where it needs one."""
    labelled = [{"label": component.get("key", "标签"), **component} for component in components]
    return {"type": "default", "schemaVersion": 18, "id": "form", "components": labelled}


@pytest.fixture
def schema_of() -> Callable[..., dict[str, Any]]:
    return build_schema


@pytest.fixture
def form_of() -> Callable[..., Form]:
    def build(*components: dict[str, Any]) -> Form:
        return compile_form(build_schema(*components))

    return build


@pytest.fixture
def send() -> Callable[..., Cleaned]:
    """send(form, data, context=…, known=…, partial=…) at nine o'clock on 2 March 2026."""

    def validate(
        form: Form,
        data: Any,
        *,
        context: dict[str, Any] | None = None,
        known: KnownValues | None = None,
        partial: bool = False,
        functions: dict[str, Any] | None = None,
    ) -> Cleaned:
        return form.validate(
            data,
            context=context or {},
            known=known or Known(),
            now=NOW,
            functions=functions or {},
            partial=partial,
        )

    return validate

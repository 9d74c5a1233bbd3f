"""Why something is refused, in the reader's language."""

from __future__ import annotations

from webapp.language import gettext as _


def reason(why: str) -> str:
    """Why an element is refused; as it is where it is not one of the usual reasons."""
    return _reasons().get(why, why)


def _reasons() -> dict[str, str]:
    return {
        "a diagram runs no code; use a service task or a decision": _(
            "a diagram runs no code; use a service task or a decision"
        ),
        "say who does it: user task, service task or business rule task": _(
            "say who does it: user task, service task or business rule task"
        ),
        "its rule has no common meaning; use the other gateways": _(
            "its rule has no common meaning; use the other gateways"
        ),
        "effects are undone by their abilities, not by the diagram": _(
            "effects are undone by their abilities, not by the diagram"
        ),
        "its order is not drawn; use gateways": _("its order is not drawn; use gateways"),
        "a package is one diagram": _("a package is one diagram"),
        "use a service task": _("use a service task"),
        "it would change the process for other cases": _(
            "it would change the process for other cases"
        ),
        "only tasks of people, service tasks and sub-processes repeat": _(
            "only tasks of people, service tasks and sub-processes repeat"
        ),
        (
            "one asks several people for one decision, the other gives each a task of their own; "
            "put the sign-off inside a multi-instance sub-process"
        ): _(
            "one asks several people for one decision, the other gives each a task of their own; "
            "put the sign-off inside a multi-instance sub-process"
        ),
        "say with the property into where results go": _(
            "say with the property into where results go"
        ),
        "use completionCondition": _("use completionCondition"),
        "an activity goes on when all its instances are done; use completionCondition": _(
            "an activity goes on when all its instances are done; use completionCondition"
        ),
        "a case is started by somebody": _("a case is started by somebody"),
        "draw the loop with a gateway": _("draw the loop with a gateway"),
        "a message can only be waited for, by a catch event in the flow or a receive task": _(
            "a message can only be waited for, by a catch event in the flow or a receive task"
        ),
        "a diagram exchanges no signals": _("a diagram exchanges no signals"),
        "use a boundary timer or an outcome": _("use a boundary timer or an outcome"),
        "conditions are checked at gateways": _("conditions are checked at gateways"),
        "draw the sequence flow": _("draw the sequence flow"),
        "there are no transactions": _("there are no transactions"),
        "one event waits for one thing": _("one event waits for one thing"),
        "a timer fires once": _("a timer fires once"),
        "every token is one visit": _("every token is one visit"),
        "say who may act with the property candidates": _(
            "say who may act with the property candidates"
        ),
        "it is not among the supported elements": _("it is not among the supported elements"),
    }

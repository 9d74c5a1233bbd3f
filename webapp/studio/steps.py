"""What happens in each step of a counterexample, in the reader's language."""

from __future__ import annotations

from schemas.finding import PlayedStep
from webapp.language import gettext as _
from webapp.language import language


def step_said(step: PlayedStep) -> str:
    """The sentence of a step; its own words where the language is theirs, or the act is unknown."""
    text = _acts(step).get(step.act)
    if language() == "en" or text is None:
        return step.text
    at = step.parts.get("at", "").replace(", ", "、")
    if step.parts.get("stops"):
        return _("%(act)s; it stops at: %(at)s.", act=text, at=at)
    if at:
        return _("%(act)s; then it is at: %(at)s.", act=text, at=at)
    return _("%(act)s; then it has ended.", act=text)


def _acts(step: PlayedStep) -> dict[str, str]:
    name = step.parts.get("name", step.element)
    return {
        "start": _("The case begins"),
        "complete": _("“%(name)s” is done", name=name),
        "decide": _(
            "“%(name)s” is done with the outcome %(outcome)s",
            name=name,
            outcome=step.parts.get("outcome", ""),
        ),
        "fire": _("The time of “%(name)s” has come", name=name),
        "receive": _("The message arrives that “%(name)s” waits for", name=name),
        "fail": _(
            "“%(name)s” fails with the error %(code)s", name=name, code=step.parts.get("code", "")
        ),
    }

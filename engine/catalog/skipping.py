"""Whether an earlier agreement may stand for a step (去重): the package asks for it, and some steps never allow it."""

from __future__ import annotations

from engine.catalog.definition import Definition
from engine.catalog.steps import Step
from engine.forms import Form
from engine.runtime.diagram import Diagram
from engine.sign_off import Rule
from schemas.manifest import Manifest


def may_skip(definition: Definition, step: Step) -> bool:
    """True when the package lets an earlier agreement stand for this step, and nothing forbids it."""
    if step.skip_repeated == "none":
        return False
    form = definition.form_of(step)
    return not why_never(definition.manifest, definition.diagram, step, form)


def why_never(manifest: Manifest, diagram: Diagram, step: Step, form: Form | None) -> str:
    """What forbids that an earlier agreement stands for the step; empty where nothing does."""
    if manifest.separates(step.id):
        return "a separation rule names the step"
    if manifest.policy_of(step.id):
        return "a policy names the step"
    if step.irreversible:
        return "the step is irreversible"
    if diagram.loops_around(step.id):
        return "it is done for each of a list, and agreeing to one is not agreeing to another"
    if step.sign_off.rule not in (Rule.SINGLE, Rule.ALL, Rule.SEQUENCE):
        return f"the sign-off is {step.sign_off.rule.value}, and every voice is counted anew"
    if asks_for_something(form):
        return "its form has required fields"
    agreed = next((one for one in step.outcomes if one.kind == "positive"), None)
    if agreed is None:
        return "no outcome is positive"
    if agreed.opinion_required:
        return f"the outcome {agreed.id} needs an opinion"
    return ""


def asks_for_something(form: Form | None) -> bool:
    """True when a form has a field that must be filled in."""
    return form is not None and any(
        one.required or one.rules.get("minItems") for _path, one in form.fields()
    )

"""User tasks: who does them, with which form, and how several people come to one decision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from engine.catalog.checks.candidates import candidate_problems
from engine.catalog.checks.parts import BPMN_FILE, Parts, error, warning
from engine.catalog.skipping import why_never
from engine.catalog.steps import Step
from engine.feel.suggest import did_you_mean
from engine.forms import UnsupportedForm, compile_form
from engine.forms.problems import RESERVED
from engine.runs import LOOP_NAMES
from engine.runtime.diagram import Element
from schemas.finding import Finding

_OF_PEOPLE = (
    "candidates",
    "cc",
    "due",
    "fallback",
    "form",
    "hand_on",
    "hides",
    "into",
    "irreversible",
    "send_back",
    "skip_repeated",
)
_PROPERTIES: dict[str, tuple[str, ...]] = {
    "userTask": _OF_PEOPLE,
    "manualTask": _OF_PEOPLE,
    "serviceTask": ("ability", "into"),
    "businessRuleTask": ("decision", "into"),
    "endEvent": ("result",),
}
#: of an event or receive task that waits for a message
_OF_MESSAGES = ("senders", "into")
#: what an end event may say of the case that comes to it
RESULTS = ("granted", "refused", "lapsed")
VOTES = ("positive", "negative", "abstain")


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the package's user tasks, and properties that mean nothing."""
    for element in parts.diagram.elements.values():
        yield from _properties(element)
        if _is_message(element) and (senders := element.properties.get("senders")):
            yield from candidate_problems(parts, senders, element.id, BPMN_FILE)
    for step in parts.steps.values():
        for name in ("candidates", "fallback", "cc"):
            text = parts.diagram.elements[step.id].properties.get(name, "")
            yield from candidate_problems(parts, text, step.id, BPMN_FILE)
        yield from _form(parts, step)
        yield from _hides(parts, step)
        yield from _repeated(parts, step)
        if step.sign_off.several:
            yield from _sign_off(parts, step)


def _hides(parts: Parts, step: Step) -> Iterator[Finding]:
    """A step hides fields that other forms fill in; files have no mask, so they cannot be hidden."""
    if not step.hides:
        return
    kinds: dict[str, set[str]] = {}
    own: set[str] = set()
    for name, schema in parts.schemas.items():
        try:
            fields = dict(compile_form(schema).fields())
        except UnsupportedForm:
            continue  # said where forms are checked
        for path, one in fields.items():
            top = path.partition(".")[0]
            kinds.setdefault(top, set()).add(one.type)
            if name == step.form:
                own.add(top)
    written = {each.into for each in parts.steps.values() if each.into}
    for name in sorted(step.hides):
        why = ""
        if name not in kinds and name not in written:
            why = f"no form fills in {name}{did_you_mean(name, kinds)}"
        elif "attachments" in kinds.get(name, ()):
            why = f"{name} holds files, which cannot be hidden"
        elif name in own and not step.into:
            why = f"{name} is on the form of this step"
        if why:
            yield error("bad_property_value", step.id, BPMN_FILE, f"hides: {why}")


def _properties(element: Element) -> Iterator[Finding]:
    known = _OF_MESSAGES if _is_message(element) else _PROPERTIES.get(element.kind, ())
    for name in element.properties:
        if name in known or (element.kind == "serviceTask" and name.startswith("with.")):
            continue
        message = f"the property {name} means nothing here{did_you_mean(name, known)}"
        yield warning("unknown_property", element.id, BPMN_FILE, message, name=name)
    into = element.properties.get("into", "")
    if into in RESERVED:
        yield error("reserved_field", element.id, BPMN_FILE, f"into: {into} is not to be written")
    item = element.loop.item if element.loop is not None else ""
    if item in RESERVED | LOOP_NAMES:
        message = f"inputDataItem: {item} means something else already"
        yield error("reserved_field", element.id, BPMN_FILE, message)
    result = element.properties.get("result", RESULTS[0])
    if element.kind == "endEvent" and result not in RESULTS:
        message = f"result is one of {', '.join(RESULTS)}, not {result}"
        yield error("bad_property_value", element.id, BPMN_FILE, message)
    irreversible = element.properties.get("irreversible", "false")
    if irreversible not in ("true", "false"):
        message = f"irreversible is true or false, not {irreversible}"
        yield error("bad_property_value", element.id, BPMN_FILE, message)


def _is_message(element: Element) -> bool:
    return element.event is not None and element.event.kind == "message"


def _form(parts: Parts, step: Step) -> Iterator[Finding]:
    known = parts.package.names("forms", ".json")
    if step.form not in known:
        hint = did_you_mean(step.form, known)
        message = f"there is no forms/{step.form}.json{hint}"
        yield error("no_form", step.id, BPMN_FILE, message, name=step.form)


def _repeated(parts: Parts, step: Step) -> Iterator[Finding]:
    """Where an earlier agreement may never stand for a step, saying that it may is an error."""
    if step.skip_repeated == "none":
        return
    form = None
    with suppress(UnsupportedForm):  # said by the checks of the forms
        schema = parts.schemas.get(step.form)
        form = compile_form(schema) if schema is not None else None
    if reason := why_never(parts.manifest, parts.diagram, step, form):
        message = f"skip_repeated: an earlier agreement can never stand for this step: {reason}"
        yield error("skip_impossible", step.id, BPMN_FILE, message)


def _sign_off(parts: Parts, step: Step) -> Iterator[Finding]:
    sign_off, outcomes = step.sign_off, step.outcomes
    given = "outcomes" in parts.diagram.elements[step.id].extensions
    for kind in ("positive", "negative"):
        if not any(outcome.kind == kind for outcome in outcomes):
            message = f"no outcome is {kind}, so the votes cannot be called that"
            yield error("no_outcome", step.id, BPMN_FILE, message)
    for outcome in outcomes if given else ():
        if outcome.kind not in VOTES:
            message = f"the outcome {outcome.id} is no vote; one of several signers cannot give it"
            yield error("no_vote", step.id, BPMN_FILE, message)
    ids = [outcome.id for outcome in outcomes]
    if sign_off.no_quorum and sign_off.no_quorum not in ids:
        message = f"no_quorum: there is no outcome {sign_off.no_quorum}"
        hint = did_you_mean(sign_off.no_quorum, ids)
        yield error("unknown_outcome", step.id, BPMN_FILE, message + hint, name=sign_off.no_quorum)
    yield from candidate_problems(parts, sign_off.veto, step.id, BPMN_FILE)
    if "=" in sign_off.veto or "starter" in sign_off.veto:
        message = "a veto is held by a role at a place"
        yield error("bad_candidates", step.id, BPMN_FILE, message)
    if sign_off.form_each and not step.into:
        message = "every signer has a form of their own, so say with `into` where the forms go"
        yield error("no_into", step.id, BPMN_FILE, message)

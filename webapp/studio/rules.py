"""What each rule of the check says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.language import gettext as _
from webapp.studio.reasons import reason


class _Parts(dict[str, str]):
    """What fills the gaps of a sentence; a gap that nobody fills is said to be one."""

    def __missing__(self, key: str) -> str:
        return "…"


def rule_sentence(rule: str, parts: Mapping[str, str]) -> str:
    """The sentence of a rule with what it is about; empty for a rule that has none."""
    if "zh" in parts:
        # Forms say what is wrong with them in both languages by themselves.
        return parts["zh"]
    if "why" in parts:
        parts = {**parts, "why": reason(parts["why"])}
    text = rule_sentences().get(rule, "").format_map(_Parts(parts))
    if text and "count" in parts and rule != "duplicate_id":
        # Of a file that was drawn elsewhere, the same is said of many elements at once.
        text = _("%(text)s (%(count)s times)", text=text, count=parts["count"])
    if text and parts.get("provided"):
        return _(
            "%(text)s, if the conditions on the way can come out like that together", text=text
        )
    return text


def rule_sentences() -> dict[str, str]:
    """Rule → its sentence."""
    return {
        "unreadable_package": _(
            "The package cannot be read: process.toml, a shared table or the size of a file is not right"
        ),
        "folder_name": _("The folder is not called like the process"),
        "no_diagram": _("There is no diagram"),
        "no_json": _("The file is not JSON as it should be"),
        "unknown_role": _("There is no such role: {name}"),
        "unknown_work_point": _("No area of work has this point"),
        "unknown_place": _("A case knows no such place: {name}"),
        "unknown_table": _("There is no shared table of this name: {name}"),
        "bad_candidates": _("Who may do it is not written as role @ place, starter or = FEEL"),
        "unknown_element": _(
            "It names a step that is not in the diagram, or that does not fit: {name}"
        ),
        "separation_unsatisfiable": _(
            "Nobody, or not enough different people, could do these steps"
        ),
        "separation_uncovered": _(
            "Of steps that stand in for one another only one is bound by the rule of separation"
        ),
        "unknown_field": _("The case has no such field: {name}"),
        "does_not_compile": _("The package cannot be made ready to run"),
        "no_english": _("A text has no English yet: {name}"),
        "no_form": _("The step has no form: {name}"),
        "unused_form": _("No step uses this form"),
        "unknown_property": _("The property {name} means nothing here; perhaps it is misspelt"),
        "bad_property_value": _("The property cannot have this value"),
        "reserved_field": _("This name belongs to the engine"),
        "no_into": _("The result would go nowhere: say into which field"),
        "bad_sign_off": _("How several people sign cannot be read"),
        "skip_impossible": _("This step can never be skipped because somebody agreed before"),
        "no_outcome": _("The sign-off has no outcome for agreeing or none for refusing"),
        "no_vote": _("A neutral outcome is no vote"),
        "unknown_outcome": _("The step has no such outcome: {name}"),
        "rung_without_due": _("It counts from the due date, but the step has none"),
        "rung_to_nobody": _("It does not say to whom the task is handed over"),
        "rung_on_sign_off": _("A sign-off cannot be handed over: its signers sign"),
        "automatic_approval": _("Time would approve by itself what only a person may"),
        "decides_too_early": _("It would decide before the task is due"),
        "rung_never_reached": _("Something else has decided by then"),
        "rung_to": _("To whom means nothing for this"),
        "rung_outcome": _("An outcome means nothing for this"),
        "unknown_ability": _("There is no such ability: {name}"),
        "argument_missing": _("The ability needs an argument that is not given: {name}"),
        "unknown_argument": _("The ability knows no such argument: {name}"),
        "unknown_letter": _("There is no such letter: {name}"),
        "letter_name": _("The letter takes from the case what nothing writes"),
        "letter_unreadable": _("The letter cannot be read: it is not UTF-8"),
        "error_never_given": _("The ability never gives this error"),
        "nobody_for_step": _(
            "Too few people can do this step in some place, so it would fall to the administrators"
        ),
        "feel_syntax": _("The expression is not FEEL: {name}"),
        "feel_name": _("Nothing writes a field of this name: {name}"),
        "unknown_task": _("There is no such step to ask about: {name}"),
        "unknown_way": _("A decision never comes about in this way"),
        "unknown_decision": _("No table has this decision: {name}"),
        "unknown_input": _("The decision needs something that no case has: {name}"),
        "dmn_unreadable": _("The file is not DMN"),
        "dmn_problem": _("Something in the table is not FEEL, or refers to what is not there"),
        "numbers_without_source": _(
            "The table does not say of which year its numbers are and from where"
        ),
        "table_gap": _("No rule answers for {input}, for example {example}"),
        "table_overlap": _("Two rules both answer for {input}, for example {example}"),
        "rule_unreachable": _("This rule never answers"),
        "table_not_looked_at": _("A part of this table is not looked at"),
        "policy_twice": _("Two policies have the same name"),
        "policy_misplaced": _("The policy names what cannot keep it"),
        "policy_bypassed": _("A case can reach {name} without {missing} (policy {policy})"),
        "policy_unsigned": _(
            "A case can reach {name} although nobody has signed {missing} (policy {policy})"
        ),
        "policy_too_short": _("{name} may last {days} working days, not {least} (policy {policy})"),
        "policy_not_proved": _("Whether the policy holds is not proved"),
        "bad_scenario": _("The story cannot be read"),
        "empty_scenario": _("The story has no steps yet. Go on with it, or take it out"),
        "unknown_person": _("Nobody in the cast has this name: {name}"),
        "no_cast": _("Nobody says who the people of the stories are, so none can be played"),
        "no_scenarios": _("No story tells how the process goes"),
        "scenario_failed": _("The story does not come out as written"),
        "flow_untested": _("No story takes this way"),
        "prefill_misplaced": _("Only the form that starts a case can be filled in beforehand"),
        "prefill_name": _("Only facts of the applicant can be filled in beforehand"),
        "deadlock": _(
            "The case stands still: {name} waits for {missing}, which cannot come any more"
        ),
        "no_choice": _(
            "The case stands still: no condition of {name} holds, and it has no default flow"
        ),
        "livelock": _("From {name} on the case can never end, whatever anybody does"),
        "never_rests": _("The case runs in a circle around {name} in which nobody acts"),
        "lost_synchronisation": _(
            "{name} is reached a second time while the first is still under way"
        ),
        "repeated_reminder": _(
            "What a reminder started reaches {name} a second time while the first is still under way"
        ),
        "improper_completion": _("{name} ends work that is under way: {lost}"),
        "dead_element": _("No case ever comes to {name}"),
        "not_proved": _(
            "Not proved within the bound: {markings} situations were looked at, and there are more"
        ),
        "unreadable": _("The file cannot be read: {why}"),
        "no_process": _("The file has no process that can run"),
        "several_processes": _("There is more than one process: {names}"),
        "not_supported": _("{kind} is not supported: {why}"),
        "missing_id": _("{kind} has no id"),
        "duplicate_id": _("The id is used {count} times"),
        "bad_id": _("An id is a letter followed by at most 79 letters, digits, _ . -"),
        "reserved_id": _("The id is reserved"),
        "dangling_reference": _("{what} refers to {name}, which does not exist"),
        "flow_mismatch": _("The element lists {name} as {what}, the flow says otherwise"),
        "flow_crosses_border": _("A flow cannot cross the border of a sub-process"),
        "no_start": _("There is no start event"),
        "several_starts": _("There is more than one start event"),
        "no_end": _("There is no end event"),
        "unreachable": _("No way leads here from the start"),
        "no_way_in": _("No flow leads here"),
        "no_way_out": _("No flow leads on from here"),
        "way_into_start": _("A flow leads to an event that begins by itself"),
        "way_out_of_end": _("A flow leaves an end event"),
        "implicit_split": _("Several flows leave; draw a gateway"),
        "condition_missing": _("A flow that is not the default needs a condition"),
        "condition_misplaced": _("A condition belongs on a flow out of a choosing gateway"),
        "condition_on_default": _("The default flow cannot have a condition"),
        "condition_language": _("Conditions are FEEL, not {language}"),
        "default_misplaced": _("Only a choosing gateway has a default flow"),
        "no_default": _("No default flow: the case stops where no condition holds"),
        "no_candidates": _("Nobody can do this step: it has no candidates"),
        "no_ability": _("The service task names no ability"),
        "no_decision": _("The decision step names no decision"),
        "no_timer": _("A timer needs exactly one of date and duration"),
        "no_error_code": _("The error has no code"),
        "error_not_caught": _("No enclosing sub-process catches the error {code}"),
        "no_message": _("The message has no name"),
        "no_senders": _("Nobody can deliver this message: it has no senders"),
        "loop_data": _("Say how often: exactly one of a number and a list"),
        "item_without_list": _("An item is one of a list: name the list"),
        "nested_into": _(
            "Inside two repeated activities ({names}) the entries would overwrite one another"
        ),
        "too_few_events": _("An event gateway chooses between at least two events"),
        "bad_event_target": _("{name} cannot follow an event gateway"),
        "event_shared": _("An event behind an event gateway has no other way in"),
        "caught_twice": _("Two events catch the same error"),
        "bad_attachment": _("A {kind} event cannot sit on {name}"),
        "property_twice": _("The property {name} is given twice"),
        "bad_property": _("A property needs a name and a value"),
        "foreign_extension": _("{name} means nothing here and is ignored"),
        "message_flow": _("Message flows are only a picture"),
        "no_di": _("The file has no diagram to show"),
        "unknown_extension": _("gongban:{name} is unknown here"),
        "unknown_attribute": _("gongban:{name} has no attribute {attribute}"),
        "attribute_missing": _("gongban:{name} needs the attribute {attribute}"),
        "bad_value": _("gongban:{name} {attribute}={value}: must be {allowed}"),
        "value_twice": _("{attribute}={value} is given twice"),
        "extension_twice": _("gongban:{name} is given twice"),
        "process_chosen": _(
            "Of several processes {name} was taken; these stay in the file as a picture: {others}"
        ),
        "made_executable": _("No process said that it can be run; {name} was made executable"),
    }

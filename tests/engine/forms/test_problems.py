"""What a check of a package says about its forms."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import Known, compile_form, problems
from engine.forms.messages import FINDINGS, MESSAGES, finding_message, message, yuan
from engine.forms.problems import SUPPORTED

TEXT = {"type": "textfield", "key": "x"}
NUMBER_Y = {"type": "number", "key": "y", "label": "y"}
OPTION = {"label": "甲", "value": "a"}


def with_properties(kind, **properties):
    return {"type": kind, "key": "x", "properties": properties}


BAD = [
    ("form.unknown_type", {"type": "signature", "key": "x"}),
    ("form.unknown_type", {"type": "button", "key": "x"}),
    ("form.unknown_type", {"type": "taglist", "key": "x"}),
    ("form.active_content", {"type": "html", "content": "<b>x</b>"}),
    ("form.active_content", {"type": "iframe", "url": "https://example.org"}),
    ("form.active_content", {"type": "script", "key": "x"}),
    ("form.active_content", {"type": "text", "text": "<script>alert(1)</script>"}),
    ("form.active_content", {"type": "text", "text": "[x](javascript:alert(1))"}),
    ("form.remote_data", TEXT | {"dataSource": "https://example.org"}),
    ("form.remote_data", with_properties("textfield", dataSource="https://example.org")),
    ("form.option_not_supported", {"type": "number", "key": "x", "serializeToString": True}),
    ("form.key", {"type": "textfield"}),
    ("form.key", {"type": "textfield", "key": ""}),
    ("form.key", {"type": "textfield", "key": "a..b"}),
    ("form.key", {"type": "textfield", "key": "_this_"}),
    ("form.key", {"type": "textfield", "key": "a[0]"}),
    ("form.key", {"type": "textfield", "key": 5}),
    ("form.key", {"type": "dynamiclist", "label": "x", "components": []}),
    ("form.reserved_key", {"type": "textfield", "key": "applicant.name"}),
    ("form.reserved_key", {"type": "textfield", "key": "people"}),
    ("form.reserved_key", {"type": "expression", "key": "outcomes.x", "expression": "=1"}),
    ("form.label", TEXT | {"label": ""}),
    ("form.label", TEXT | {"label": "=name"}),
    ("form.money_key", {"type": "money", "key": "amount"}),
    ("form.options", {"type": "select", "key": "x"}),
    ("form.options", {"type": "radio", "key": "x", "values": []}),
    ("form.option_value", {"type": "radio", "key": "x", "values": [{"label": "甲"}]}),
    ("form.option_value", {"type": "radio", "key": "x", "values": [{"value": "a"}]}),
    ("form.option_value", {"type": "checklist", "key": "x", "values": [OPTION, OPTION]}),
    ("form.option_value", {"type": "select", "key": "x", "values": [{"label": "甲", "value": {}}]}),
    ("form.date_only", {"type": "datetime", "key": "x", "subtype": "datetime"}),
    ("form.rule", TEXT | {"validate": {"minLength": -1}}),
    ("form.rule", TEXT | {"validate": {"maxLength": "five"}}),
    ("form.rule", {"type": "money", "key": "x_fen", "validate": {"min": 0.5}}),
    ("form.rule", TEXT | {"validate": {"validationType": "credit_card"}}),
    ("form.rule", {"type": "number", "key": "x", "decimalDigits": True}),
    ("form.prefill", with_properties("checkbox", prefill="=applicant.name")),
    ("form.prefill", with_properties("textfield", prefill=7)),
    ("form.prefill", with_properties("textfield", prefill="=applicant.name", sensitive="text")),
    (
        "form.prefill_column",
        {
            "type": "dynamiclist",
            "path": "rows",
            "label": "x",
            "components": [
                {"type": "textfield", "key": "y", "label": "y", "properties": {"prefill": "=1"}}
            ],
        },
    ),
    ("form.pattern", TEXT | {"validate": {"pattern": "(["}}),
    ("form.feel", TEXT | {"conditional": {"hide": "=a >"}}),
    ("form.feel", {"type": "expression", "key": "x", "expression": "=(1"}),
    ("form.feel", TEXT | {"validate": {"maxLength": "=if"}}),
    ("form.feel", with_properties("number", check="a = = b", checkMessage="x")),
    ("form.feel_equals", TEXT | {"conditional": {"hide": "a = 1"}}),
    ("form.feel_equals", {"type": "expression", "key": "x", "expression": "a"}),
    ("form.check_message", with_properties("number", check="x > 1")),
    ("form.sensitive", with_properties("textfield", sensitive="secret")),
    (
        "form.sensitive_computed",
        {"type": "expression", "key": "x", "expression": "=1", "properties": {"sensitive": "text"}},
    ),
    ("form.candidates", {"type": "persons", "key": "x"}),
    ("form.kinds", with_properties("attachments", kinds="pdf, exe")),
    ("form.max_mb", with_properties("attachments", max_mb="much")),
    ("form.setting", TEXT | {"validate": "required"}),
    ("form.rule", TEXT | {"validate": {"required": "=true"}}),
    ("form.feel_equals", {"type": "select", "key": "x", "valuesExpression": "options"}),
    ("form.options", {"type": "select", "key": "x", "valuesKey": 5}),
    ("form.component", 5),
    ("form.component", {"key": "x"}),
    ("form.component", {"type": "group", "label": "x"}),
]


@pytest.mark.parametrize(("rule", "component"), BAD, ids=lambda value: str(value)[:70])
def test_what_is_not_supported_is_found(rule, component):
    if isinstance(component, dict):
        component = {"label": "字段", **component}
    found = problems({"type": "default", "schemaVersion": 18, "components": [component]})
    assert [(finding.rule, finding.severity) for finding in found] == [(rule, "error")]
    assert found[0].message


@pytest.mark.parametrize(
    "components",
    [
        [TEXT, TEXT],
        [TEXT, {"type": "textfield", "key": "x.y"}],
        [{"type": "group", "path": "x", "components": []}, TEXT],
        [TEXT, {"type": "group", "components": [TEXT | {"label": "字段"}]}],
        [{"type": "group", "path": "x", "components": [NUMBER_Y]}, NUMBER_Y | {"key": "x.y"}],
    ],
)
def test_two_fields_cannot_have_the_same_place(components):
    labelled = [{"label": "字段", **component} for component in components]
    found = problems({"type": "default", "schemaVersion": 18, "components": labelled})
    assert {finding.rule for finding in found} == {"form.duplicate_key"}


def test_two_groups_may_share_a_path():
    groups = [
        {"type": "group", "path": "x", "components": [{"type": "number", "key": key, "label": key}]}
        for key in ("a", "b")
    ]
    assert problems({"type": "default", "schemaVersion": 18, "components": groups}) == []


def test_the_same_key_may_occur_in_a_row_and_outside():
    rows = {
        "type": "dynamiclist",
        "path": "rows",
        "label": "行",
        "components": [TEXT | {"label": "字段"}],
    }
    components = [TEXT | {"label": "字段"}, rows]
    assert problems({"type": "default", "schemaVersion": 18, "components": components}) == []


def test_a_reserved_field_may_be_shown():
    component = {"type": "textfield", "key": "applicant.name", "label": "姓名", "readonly": True}
    assert problems({"type": "default", "schemaVersion": 18, "components": [component]}) == []


def test_personal_data_should_be_marked():
    component = {"type": "idcard", "key": "card", "label": "身份证号"}
    (finding,) = problems({"type": "default", "schemaVersion": 18, "components": [component]})
    assert (finding.severity, finding.element) == ("warning", "card")


@pytest.mark.parametrize("schema", [None, [], "x", {}, {"type": "form"}, {"type": "default"}])
def test_what_is_no_form_is_found(schema):
    assert problems(schema)


@pytest.mark.parametrize("version", [19, "18", None, True])
def test_a_newer_schema_is_refused(version):
    schema = {"type": "default", "schemaVersion": version, "components": []}
    assert [finding.rule for finding in problems(schema)] == ["form.schema_version"]


def test_a_form_that_is_too_deep_or_too_big_is_refused():
    inner = {"type": "group", "components": []}
    for _ in range(50):
        inner = {"type": "group", "components": [inner]}
    schema = {"type": "default", "schemaVersion": 18, "components": [inner]}
    assert [finding.rule for finding in problems(schema)] == ["form.too_big"]
    many = [{"type": "separator"} for _ in range(1000)]
    schema = {"type": "default", "schemaVersion": 18, "components": many}
    assert [finding.rule for finding in problems(schema)] == ["form.too_big"]


def test_findings_come_in_english_too():
    (finding,) = problems([], lang="en")
    assert finding.message == "this is not a form-js form (an object of type default)"


def test_every_sentence_exists_in_both_languages():
    for table in (MESSAGES, FINDINGS):
        for chinese, english in table.values():
            assert chinese.strip()
            assert english.strip()
    assert "exe" in finding_message("form.kinds", {"kind": "exe"}, "en")


def test_amounts_in_messages_are_yuan():
    assert message("amount_above_max", {"max_fen": 5000000}, "zh") == "金额不能超过 50,000.00 元"
    assert yuan(-5) == "-0.05"


def test_a_value_in_a_message_is_never_a_template():
    assert message("pattern_text", {"text": "{max} {0}"}) == "{max} {0}"
    assert message("unheard_of", {}) == "unheard_of"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.sampled_from(["", "=", "=a", "a", "a.b"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["label", "value", "hide", "min"]), inner, max_size=2)
    ),
    max_leaves=4,
)
SETTINGS = [
    "key path label dateLabel id subtype values valuesKey valuesExpression validate properties",
    "conditional components expression readonly disabled decimalDigits defaultValue text",
    "defaultRepetitions allowAddRemove disallowPassedDates serializeToString dataSource",
]
components = st.builds(
    lambda kind, more: {"type": kind, "key": "a_fen", "label": "a"} | more,
    st.sampled_from(sorted(SUPPORTED)),
    st.dictionaries(st.sampled_from(" ".join(SETTINGS).split()), json_values, max_size=4)
    | st.fixed_dictionaries(
        {
            "validate": st.dictionaries(
                st.sampled_from(["min", "max", "minLength", "maxItems", "pattern", "required"]),
                json_values,
            ),
            "properties": st.dictionaries(
                st.sampled_from(["sensitive", "check", "checkMessage", "kinds", "candidates"]),
                json_values,
            ),
        }
    ),
)


@settings(max_examples=200, deadline=None)
@given(component=components, value=json_values)
def test_a_schema_has_findings_or_it_works(component, value):
    schema = {"type": "default", "schemaVersion": 18, "components": [component]}
    if any(finding.severity == "error" for finding in problems(schema)):
        return
    form = compile_form(schema)
    now = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
    cleaned = form.validate({"a_fen": value}, context={}, known=Known(), now=now)
    for error in cleaned.errors:
        assert error.message("zh")
    form.dossier(form.prefilled(form.blank()))
    form.fields()

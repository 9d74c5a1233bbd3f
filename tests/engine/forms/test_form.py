"""What pages and letters ask of a form: its fields, an empty one, a filled one, one to read."""

import pytest

from engine.forms import Row, UnsupportedForm, compile_form

COMPONENTS = (
    {"type": "textfield", "key": "name", "label": "姓名", "defaultValue": "无"},
    {
        "type": "group",
        "label": "银行信息",
        "path": "bank",
        "components": [
            {
                "type": "bankaccount",
                "key": "account",
                "label": "账号",
                "properties": {"sensitive": "bank_account"},
            },
            {"type": "money", "key": "amount_fen", "label": "金额"},
        ],
    },
    {
        "type": "radio",
        "key": "kind",
        "label": "类别",
        "values": [{"label": "甲类", "value": "a"}, {"label": "乙类", "value": "b"}],
    },
    {
        "type": "checklist",
        "key": "kinds",
        "label": "事项",
        "values": [{"label": "甲类", "value": "a"}, {"label": "乙类", "value": "b"}],
    },
    {
        "type": "dynamiclist",
        "path": "members",
        "label": "家庭成员",
        "defaultRepetitions": 2,
        "components": [
            {"type": "textfield", "key": "name", "label": "姓名"},
            {
                "type": "idcard",
                "key": "card",
                "label": "身份证号",
                "properties": {"sensitive": "id_card"},
            },
        ],
    },
    {"type": "textfield", "key": "why", "label": "原因", "conditional": {"hide": "=kind = null"}},
    {"type": "expression", "key": "half", "expression": "=1 / 2", "label": None},
    {"type": "text", "text": "# 说明"},
)
DOCUMENT = {
    "name": "陈静",
    "bank": {"account": "SEALED", "amount_fen": 500000},
    "kind": "b",
    "kinds": ["b", "a"],
    "members": [{"name": "陈明", "card": "SEALED-2"}],
    "approved": True,
}


@pytest.fixture
def form(form_of):
    return form_of(*COMPONENTS)


def test_every_field_with_a_value_has_a_path(form):
    assert [path for path, _ in form.fields()] == [
        "name",
        "bank.account",
        "bank.amount_fen",
        "kind",
        "kinds",
        "members",
        "members[].name",
        "members[].card",
        "why",
        "half",
    ]
    assert {path: field.sensitive for path, field in form.fields() if field.sensitive} == {
        "bank.account": "bank_account",
        "members[].card": "id_card",
    }


def test_a_blank_form_has_defaults_and_first_rows(form):
    assert form.blank() == {
        "name": "无",
        "bank": {"account": None, "amount_fen": None},
        "kind": None,
        "kinds": [],
        "members": [{"name": None, "card": None}] * 2,
        "why": None,
    }


def test_blank_forms_share_nothing(form):
    form.blank()["members"].append(1)
    assert len(form.blank()["members"]) == 2


def test_a_prefilled_form_shows_no_sensitive_value_and_nothing_that_is_not_its_own(form):
    data = form.prefilled(DOCUMENT)
    assert "SEALED" not in str(data)
    assert "approved" not in data
    assert data["members"] == [{"name": "陈明", "card": None}]


def test_a_prefilled_form_carries_tokens_for_stored_sensitive_values(form):
    data = form.prefilled(DOCUMENT, token=lambda path, stored: f"token of {path}")
    assert data["bank"] == {"account": {"keep": "token of bank.account"}, "amount_fen": 500000}
    assert data["members"][0]["card"] == {"keep": "token of members[0].card"}


def test_what_was_prefilled_can_be_handed_in_again(form, send):
    class Tokens:
        def may_keep(self, path, token):
            return token == f"token of {path}"

    data = form.prefilled(DOCUMENT, token=lambda path, stored: f"token of {path}")
    cleaned = send(form, data, context=DOCUMENT, known=Tokens())
    assert cleaned.ok
    assert cleaned.values["bank"]["account"] == {"keep": "token of bank.account"}


def test_a_dossier_has_sections_of_labelled_values(form):
    loose, bank, rest = form.dossier(DOCUMENT)
    assert loose.title == ""
    assert loose.rows == (Row("姓名", "text", "陈静", None, "name"),)
    assert bank.title == "银行信息"
    assert bank.rows == (
        Row("账号", "bank_account", "SEALED", "bank_account", "bank.account"),
        Row("金额", "money", 500000, None, "bank.amount_fen"),
    )
    kind, kinds, members = rest.rows
    assert kind == Row("类别", "option", "b", None, "kind", "乙类")
    assert kinds.shown == "乙类、甲类"
    assert members.kind == "table"
    ((name, card),) = members.value
    assert name == Row("姓名", "text", "陈明", None, "members[0].name")
    assert card.sensitive == "id_card"


def test_a_dossier_in_english_translates_labels_and_options(form):
    labels = {"姓名": "Name", "银行信息": "Bank", "乙类": "B", "甲类": "A"}
    loose, bank, rest = form.dossier(DOCUMENT, lang="en", labels=labels)
    assert loose.rows[0].label == "Name"
    assert bank.title == "Bank"
    assert rest.rows[1].shown == "B, A"
    assert rest.rows[0].label == "类别", "what has no translation stays"


def test_a_conditional_field_without_a_value_is_not_in_the_dossier(form):
    rows = [row.key for section in form.dossier(DOCUMENT) for row in section.rows]
    assert "why" not in rows
    assert "half" not in rows, "a computed value without a label is for machines"


def test_a_dossier_of_an_empty_document_says_so_field_by_field(form):
    assert form.dossier({})[0].rows == (Row("姓名", "text", None, None, "name"),)


def test_a_form_with_errors_is_not_compiled(schema_of):
    with pytest.raises(UnsupportedForm) as caught:
        compile_form(schema_of({"type": "iframe", "url": "https://example.org"}))
    assert caught.value.findings[0].rule == "form.active_content"

"""What a new case's form begins with: facts of the applicant, where they are there and fit their field."""

import datetime
from zoneinfo import ZoneInfo

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def field(kind="textfield", key="x", prefill="=applicant.name", **more):
    return {"type": kind, "key": key, "properties": {"prefill": prefill}, **more}


def given(form, **facts):
    return form.given({"applicant": facts}, now=NOW)


def test_a_field_begins_with_the_fact_it_names(form_of):
    form = form_of(field(), field(key="bank.holder"), {"type": "textfield", "key": "other"})
    assert given(form, name="陈静") == {"x": "陈静", "bank.holder": "陈静"}


def test_feel_may_make_one_value_of_several_facts(form_of):
    form = form_of(field(prefill='=applicant.unit_name + " " + applicant.group_name'))
    assert given(form, unit_name="农林厅", group_name="一组") == {"x": "农林厅 一组"}


def test_a_fact_that_is_not_there_leaves_the_field_empty(form_of):
    assert given(form_of(field()), member_no="1") == {}


def test_a_fact_that_does_not_fit_the_field_leaves_it_empty(form_of):
    options = [{"label": "男", "value": "male"}, {"label": "女", "value": "female"}]
    form = form_of(
        field("number", "years", "=applicant.name"),
        field("datetime", "joined", "=applicant.name", dateLabel="入会"),
        field("select", "gender", "=applicant.gender", values=options),
    )
    assert given(form, name="陈静", gender="unknown") == {}
    assert given(form, name="陈静", gender="female") == {"gender": "female"}


def test_a_date_in_the_record_is_a_date_in_the_form(form_of):
    form = form_of(field("datetime", "joined", "=applicant.join_date", dateLabel="入会"))
    assert given(form, join_date="2006-07-01") == {"joined": "2006-07-01"}

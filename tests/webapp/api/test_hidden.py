"""A field that a step hides reaches those who act only there by no way."""

from __future__ import annotations

import io

import pypdf
import pytest

from engine.actors import SYSTEM
from engine.catalog.check import check
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from tests.builders import APPLICATION, PROCESSES, House

SECRET = "只给核对人看的用途"


def package(hides: str) -> Package:
    """The small approval, whose chair does not see a field."""
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    diagram = files["process.bpmn"].decode("utf-8")
    begins = diagram.index('<bpmn:userTask id="approve"')
    place = diagram.index("<spiffworkflow:properties>", begins) + len("<spiffworkflow:properties>")
    hidden = f'<spiffworkflow:property name="hides" value="{hides}" />'
    files["process.bpmn"] = (diagram[:place] + hidden + diagram[place:]).encode("utf-8")
    return Package(files)


def started(house: House) -> str:
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, package("purpose"))
        uow.commit()
    case = house.start(form={**APPLICATION, "purpose": SECRET})
    house.api("clerk_wang").complete(house.open_task(case), "agree", opinion="已核对")
    return case


def paper(house: House, case: str, person: str) -> str:
    data = house.browser(person).get(f"/api/v1/instances/{case}/approval-form").data
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_no_page_no_answer_and_no_paper_has_the_value(house: House) -> None:
    case = started(house)
    task = house.open_task(case)
    chair = house.browser("chair_han")
    for path in (
        f"/tasks/{task}",
        f"/cases/{case}",
        f"/api/v1/tasks/{task}",
        f"/api/v1/instances/{case}",
        f"/api/v1/instances/{case}/history",
    ):
        answer = chair.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.text, path
        assert SECRET.encode("unicode_escape").decode() not in answer.text, path
    assert SECRET not in paper(house, case, "chair_han")
    reveal = {"field": "purpose"}
    assert house.api("chair_han").post(f"/instances/{case}/reveal", reveal).status_code == 404
    house.api("chair_han").complete(task, "agree")
    assert SECRET not in chair.get(f"/cases/{case}").text


def test_who_has_another_part_in_the_case_sees_it(house: House) -> None:
    case = started(house)
    for person in ("chen_jing", "clerk_wang"):
        assert SECRET in house.browser(person).get(f"/cases/{case}").text, person
        assert SECRET in paper(house, case, person), person


@pytest.mark.parametrize("hides", ["purpos", "nothing_of_the_kind"])
def test_a_name_that_no_form_has_is_a_finding(hides: str) -> None:
    found = [one for one in check(package(hides)) if one.rule == "bad_property_value"]
    assert [one.element for one in found] == ["approve"]

"""A demonstration in which something of everything has happened: cases that ended, were sent back, wait, are paid."""

from __future__ import annotations

import re
import time
from typing import Any

import requests

from engine.testing.files import small_pdf
from tests.browser.pages_of import become
from tests.browser.test_attention import FORM

_PASSWORD = "gongban-demo"


class Office:
    """The demonstration's people, at work through the API and, where there is none, through the pages."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._people: dict[str, requests.Session] = {}

    def of(self, username: str) -> requests.Session:
        """A program signed in as somebody."""
        if username not in self._people:
            session = requests.Session()
            session.trust_env = False
            body = {"username": username, "password": _PASSWORD}
            answer = session.post(f"{self._address}/api/v1/sessions", json=body, timeout=30)
            session.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            self._people[username] = session
        return self._people[username]

    def ask(self, username: str, path: str, body: Any = None, **more: Any) -> Any:
        """POST, or GET where there is no body; the answer must be a success."""
        method = "GET" if body is None and not more else "POST"
        answer = self.of(username).request(
            method, f"{self._address}/api/v1{path}", json=body, timeout=60, **more
        )
        assert answer.ok, f"{username} {path}: {answer.text}"
        return answer.json()

    def start(self, username: str = "chenjing") -> str:
        """A small application."""
        path = "/processes/approve3/instances"
        return str(self.ask(username, path, {"form": FORM})["instance"]["id"])

    def file(self, username: str, name: str) -> str:
        """Upload a file."""
        parts = {"file": (name, small_pdf(name), "application/pdf")}
        return str(self.ask(username, "/files", files=parts)["id"])

    def task_of(self, username: str, case: str | None = None, step: str = "") -> dict[str, Any]:
        """What waits for somebody, of a case or at a step; the system's own steps take a moment."""
        for box in ("todo", "pool") * 40:
            time.sleep(0.1)
            for item in self.ask(username, f"/tasks?box={box}&limit=100")["items"]:
                if item["instance"] == case or (step and item["name"] == step):
                    return dict(item)
        raise AssertionError(f"nothing waits for {username}")

    def decide(
        self, username: str, case: str, outcome: str, opinion: str = "", **form: Any
    ) -> None:
        """Take on and decide what waits for somebody of a case."""
        task = self.task_of(username, case)["id"]
        body = {"outcome": outcome, "opinion": opinion, "form": form}
        self.ask(username, f"/tasks/{task}/complete", body)

    def find(self, username: str, page: str, pattern: str) -> str:
        """What stands on a page, as soon as it does."""
        with requests.Session() as session:
            session.trust_env = False
            become(session, self._address, username)
            for _again in range(80):
                found = re.search(pattern, session.get(f"{self._address}{page}", timeout=30).text)
                if found:
                    return found[1]
                time.sleep(0.1)
        raise AssertionError(f"{username} does not find {pattern} on {page}")

    def look(self, username: str, path: str) -> Any:
        """What a page's script is answered."""
        with requests.Session() as session:
            session.trust_env = False
            become(session, self._address, username)
            answer = session.get(f"{self._address}{path}", timeout=30)
            assert answer.ok, f"{username} {path}: {answer.status_code}"
            return answer.json()

    def press(
        self, username: str, page: str, action: str, *, files: Any = None, **fields: Any
    ) -> None:
        """Send a form of a page."""
        with requests.Session() as session:
            session.trust_env = False
            become(session, self._address, username)
            html = session.get(f"{self._address}{page}", timeout=30).text
            found = re.search(r'name="csrf-token" content="([^"]+)"', html)
            assert found is not None
            data = {"csrf_token": found[1], "idempotency_key": "once", **fields}
            answer = session.post(f"{self._address}{action}", data=data, files=files, timeout=60)
            assert answer.ok, f"{username} {action}: {answer.status_code}"


def arrange(address: str) -> Office:
    """Let something of everything happen."""
    office = Office(address)
    _small_cases(office)
    _one_is_paid(office)
    _a_list_is_tried(office)
    _a_process_is_changed(office)
    return office


def _a_list_is_tried(office: Office) -> None:
    lines = "会员编号,姓名,单位\nNL-09001,丁一,nonglin\nNL-09002,丁二,没有的单位\n"
    sent = {"file": ("名册.csv", lines.encode(), "text/csv")}
    office.press("rendingyi", "/admin/takeover", "/admin/takeover", files=sent)


def _small_cases(office: Office) -> None:
    office.start()
    agreed, refused, back, still, ended = (office.start() for _one in range(5))
    for case in (agreed, refused, back):
        office.decide("wanghaiyan", case, "agree", "库存充足")
    office.decide("hanlixin", agreed, "agree", "同意")
    office.decide("hanlixin", refused, "refuse", "活动已取消")
    task = office.task_of("hanlixin", back)["id"]
    sent = {"target": "previous", "reason": "请写明归还日期"}
    office.ask("hanlixin", f"/tasks/{task}/send_back", sent)
    office.ask("rendingyi", f"/instances/{still}/suspend", {"reason": "等待盘点"})
    office.ask("rendingyi", f"/instances/{ended}/terminate", {"reason": "重复申请"})
    office.press(
        "chenjing", f"/cases/{agreed}", f"/cases/{agreed}/copy", names="欧阳清", note="请阅"
    )
    office.ask("chenjing", f"/instances/{agreed}/comment", {"text": "已领到，谢谢"})


def _one_is_paid(office: Office) -> None:
    case = office.task_of("hanlixin", step="单位工会主席签署")["instance"]
    office.decide(
        "hanlixin",
        case,
        "agree",
        "情况属实，同意上报",
        unit_meeting_name="工会委员会会议",
        unit_met_on="2026-11-20",
        unit_minutes_files=[office.file("hanlixin", "会议纪要.pdf")],
    )
    office.decide("shenhongxia", case, "agree", "同意工会意见")
    office.decide("gaomingyue", case, "accept", zh_complete=True, zh_history_checked=True)
    reason = {"proposed_amount_fen": 290000, "amount_reason": "当年另有互助补助，酌减。"}
    office.decide("gaomingyue", case, "propose", **reason)
    office.decide("luyuanshan", case, "agree", "同意")
    notice = {"notice_scope": "root", "notice_phone": "025-00000012"}
    office.decide("wanghaiyan", case, "complete", **notice)
    office.press("wanghaiyan", "/inbox", "/demo/clock", move="5w")
    office.press("wanghaiyan", "/inbox", "/demo/clock", move="P1D")
    checked = {"subject_code": "hardship_aid", "account_checked": True, "budget_checked": True}
    office.decide("qianshoucheng", case, "approve", **checked)
    order = office.find("shiyaqin", "/payments", r'name="order" value="([^"]+)"')
    office.press("shiyaqin", "/payments", "/payments/batch", order=order)


def _a_process_is_changed(office: Office) -> None:
    """A draft is begun, played, tried on past cases, put in use, and running cases are moved to it."""
    for key in ("illness_aid", "approve3"):
        offered = rf'id="version-{key}"[^>]*>\s*<option value="([0-9a-f]{{64}})"'
        version = office.find("rendingyi", "/studio", offered)
        # One key each: what is sent twice under one is done once.
        fields = {"version": version, "idempotency_key": key}
        office.press("rendingyi", "/studio", "/studio/begin", **fields)
    draft = office.find("rendingyi", "/studio", r'/studio/drafts/([0-9a-z]{26})">活动用品领用审批')
    home = f"/studio/drafts/{draft}"
    facts = office.look("rendingyi", f"{home}/files/process.toml")
    office.press(
        "rendingyi",
        home,
        f"{home}/source/process.toml",
        text=facts["text"] + "\n[stuck]\nafter = 6\n",
        version=facts["version"],
    )
    days = {"since": "2026-01-01", "until": "2027-12-31"}
    tried = "/studio/processes/approve3/tried"
    office.press("rendingyi", tried, tried, what=f"draft:{draft}", **days)
    office.press("rendingyi", home, f"{home}/stories")
    office.find("rendingyi", home, r'action="([^"]*/propose)"')
    office.press("rendingyi", home, f"{home}/propose", why="说得更清楚")
    office.press(
        "rendingyi",
        home,
        f"{home}/play",
        name="s1",
        starter="chen_jing",
        day="2026-11-30",
        says="试",
    )
    task = office.task_of("qinmuzhi", step="另一管理员审定")["id"]
    body = {"outcome": "agree", "form": {"looked_at": True}}
    office.ask("qinmuzhi", f"/tasks/{task}/complete", body)
    cases = "/studio/processes/approve3/cases?from=1&to=2"
    office.find("rendingyi", cases, r'(name="reason")')
    facts = {"from": "1", "to": "2", "which": "all", "reason": "按新版本办"}
    office.press("rendingyi", cases, "/studio/processes/approve3/cases", **facts)

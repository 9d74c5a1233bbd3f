"""Nothing a client sends breaks the server, however odd it is."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.builders import APPLICATION, House

#: What a careless or a hostile program puts where something else belongs.
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    2**63,
    1.5,
    float("nan"),
    float("inf"),
    "",
    " ",
    "agree",
    "\u0000",
    "\ud800",
    "长" * 3000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "${jndi:x}",
    [],
    [[]],
    {},
    {"": ""},
    {"keep": "x"},
    {"$ref": "#"},
    [None],
    ["a", 1, {}],
    {"item": {"item": {"item": []}}},
    "gs1.k00000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
]


def odd_bodies(seed: int) -> list[Any]:
    """Bodies made of odd values, the same ones every time."""
    dice = random.Random(seed)
    names = (
        "outcome",
        "form",
        "opinion",
        "version",
        "items",
        "reason",
        "field",
        "verb",
        "id",
        "message",
        "x",
        "people",
        "note",
        "text",
        "mentions",
        "files",
        "copy",
        "target",
        "then",
        "whole_block",
    )
    bodies: list[Any] = list(ODD)
    for _one in range(60):
        bodies.append({name: dice.choice(ODD) for name in dice.sample(names, dice.randint(1, 4))})
    for _one in range(30):
        keys = dice.sample(sorted(APPLICATION), dice.randint(1, 5))
        bodies.append({"form": {**APPLICATION, **{key: dice.choice(ODD) for key in keys}}})
    names = ("to", "reason", "question", "advice", "deputy", "since", "until", "processes", "owner")
    for _one in range(60):
        bodies.append({name: dice.choice(ODD) for name in dice.sample(names, dice.randint(1, 4))})
    for odd in ODD:
        bodies += [
            {"to": odd},
            {"to": odd, "question": "?"},
            {"advice": odd},
            {"deputy": odd, "since": "2026-03-02T00:00:00Z"},
            {"deputy": "chair_han", "since": odd, "until": odd},
            {"deputy": "chair_han", "since": "2026-03-02T00:00:00Z", "processes": odd},
            {"deputy": "chair_han", "since": "2026-03-02T00:00:00Z", "owner": odd},
        ]
    for _one in range(20):
        item = {name: dice.choice(ODD) for name in ("id", "verb", "outcome", "form", "version")}
        bodies.append({"items": [item]})
    return bodies


def test_nothing_a_client_sends_breaks_the_server(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    paths = [
        "/processes/approve3/instances",
        "/processes/illness_aid/instances",
        f"/tasks/{task}/complete",
        f"/tasks/{task}/hold",
        f"/tasks/{task}/undo",
        f"/tasks/{task}/claim",
        f"/tasks/{task}/release",
        f"/tasks/{task}/add_signers",
        f"/tasks/{task}/remove_signer",
        f"/tasks/{task}/reorder_signers",
        f"/tasks/{task}/withdraw_vote",
        f"/tasks/{task}/preview",
        "/processes/approve3/preview",
        "/recusals",
        f"/recusals/{task}/revoke",
        f"/tasks/{task}/transfer",
        f"/tasks/{task}/delegate",
        f"/tasks/{task}/advise",
        f"/tasks/{task}/recall",
        "/proxies",
        f"/proxies/{task}/end",
        "/tasks/batch",
        f"/instances/{case}/withdraw",
        f"/instances/{case}/deliver",
        f"/instances/{case}/reveal",
        f"/instances/{case}/copy",
        f"/instances/{case}/comment",
        f"/instances/{case}/attach",
        f"/tasks/{task}/urge",
        f"/tasks/{task}/send_back",
        f"/tasks/{task}/take_back",
        f"/tasks/{task}/move",
        f"/tasks/{task}/reassign",
        f"/instances/{case}/revise",
        f"/instances/{case}/suspend",
        f"/instances/{case}/resume",
        f"/instances/{case}/terminate",
        f"/instances/{case}/correct",
        "/sessions",
        "/sessions/end_others",
        "/files",
        "/files/parts",
        f"/files/parts/{'0' * 32}/finish",
        "/notifications/read",
        "/notifications/choices",
        "/filters",
        f"/filters/{task}",
        f"/filters/{task}/remove",
        "/webhooks",
        f"/webhooks/{'0' * 26}/test",
        f"/instances/{case}/migrate",
        f"/definitions/{'0' * 64}/migrations",
        f"/definitions/{'0' * 64}/migrations/preview",
        f"/migrations/{'0' * 26}/stop",
        f"/migrations/{'0' * 26}/undo",
    ]
    posts = {
        rule.rule
        for rule in house.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and "POST" in (rule.methods or ())
    }
    # Two of the paths are one endpoint.
    assert len(posts) == len(paths) - 1, "a new endpoint wants a line here"
    clerk, broken = house.api("clerk_wang"), []
    bodies = odd_bodies(1)
    dice = random.Random(2)
    for path in paths:
        some = bodies if "instances" in path and "approve3" in path else dice.sample(bodies, 40)
        if path.endswith(("transfer", "delegate", "advise", "/proxies")):
            some = bodies
        if path == "/sessions":
            some = dice.sample(bodies, 8)
        for body in some:
            answer = clerk.post(path, body)
            if answer.status_code >= 500:
                broken.append((path, body, answer.text[:200]))
    assert broken == []


def test_nothing_an_administrator_sends_breaks_the_server(house: House) -> None:
    case = house.start()
    task, admin = house.open_task(case), house.api("admin_mu")
    version = house.api("clerk_wang").get(f"/tasks/{task}").json["version"]
    dice, broken = random.Random(3), []
    bodies: list[tuple[str, Any]] = []
    for value in ODD:
        facts = {"reason": "a test", "version": version}
        bodies += [
            (f"/instances/{case}/correct", {**facts, "values": {"item": value}}),
            (f"/instances/{case}/correct", {**facts, "values": {"quantity": value}}),
            (f"/instances/{case}/correct", {**facts, "values": value}),
            (f"/instances/{case}/correct", {"values": {"item": "x"}, "version": value}),
            (f"/instances/{case}/{dice.choice(('suspend', 'resume'))}", {"reason": value}),
            (f"/instances/{case}/terminate", {"reason": "", "effects": value}),
            (f"/tasks/{task}/move", {"reason": "a test", "target": value}),
            (f"/tasks/{task}/reassign", {"reason": "a test", "to": value}),
        ]
    for path, body in bodies:
        answer = admin.post(path, body)
        if answer.status_code >= 500:
            broken.append((path, body, answer.text[:200]))
        if "version" in body and answer.status_code == 200:
            version += 1
    assert broken == []


def test_lists_within_lists_break_nothing(small_house: House) -> None:
    clerk = small_house.api("clerk_wang")
    task = small_house.open_task(small_house.start())
    for text in (
        "[" * 100_000,
        '{"form":' * 50_000,
        '{"form": {"stock_note": ' + "[" * 900 + "]" * 900 + "}}",
        '{"outcome": "agree", "form": {"stock_note": ' + '{"a":' * 400 + "1" + "}" * 400 + "}}",
    ):
        assert clerk.post(f"/tasks/{task}/complete", data=text).status_code in (400, 422)


@pytest.mark.parametrize(
    "query",
    [
        "box=drafts%00",
        "after=x",
        "after=2026-03-02",
        "after=%00|",
        "after=2026-03-02T00:00:00Z|%00",
        "limit=-1",
        "limit=x",
        "limit=1e9",
        "after=9999999-01-01|1",
        "box=todo&box=pool",
        "after=" + "9" * 300,
    ],
)
def test_odd_queries_break_nothing(house: House, query: str) -> None:
    assert house.api("clerk_wang").get(f"/tasks?{query}").status_code in (200, 422)

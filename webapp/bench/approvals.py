"""`approve3`: start, two user tasks, a gateway, eight fields; and the bare endpoint beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.ids import new_id
from webapp.bench.client import Client, Lane, drive
from webapp.bench.organisation import Team

FORM = {
    "item": "便携式扩音器",
    "quantity": 2,
    "purpose": "春季职工健步走活动，现场讲解和集合用。",
    "needed_on": "2026-04-10",
    "return_on": "2026-04-12",
    "place": "城北体育公园南门",
    "value_fen": 86000,
    "contact": "025-00000000",
}
CHECK = {"outcome": "agree", "form": {"stock_note": "库存 6 台，可以领用"}, "opinion": "建议同意"}
APPROVE = {"outcome": "agree", "form": {}, "opinion": "同意"}


@dataclass(frozen=True)
class Waiting:
    """A case whose first task waits for its clerk."""

    team: Team
    instance: str
    task: str


class Approvals:
    """Cases of the teams, a client per lane."""

    def __init__(self, teams: Sequence[Team], tokens: Mapping[str, str], lanes: int) -> None:
        self._tokens = tokens
        # A lane has teams of its own: nobody's session is used from two connections at once.
        self._lanes = [teams[number::lanes] for number in range(lanes)]

    def start(self, port: int, cases: int) -> list[list[Waiting]]:
        """Start about so many cases; return them by lane."""
        each = max(1, cases // len(self._lanes))
        waiting: list[list[Waiting]] = [[] for _ in self._lanes]

        def lane(number: int) -> Lane:
            def run(client: Client) -> None:
                teams = self._lanes[number]
                for count in range(each):
                    waiting[number].append(self.start_one(client, teams[count % len(teams)]))

            return run

        drive(port, [lane(number) for number in range(len(self._lanes))])
        return waiting

    def start_one(self, client: Client, team: Team) -> Waiting:
        """The member of a team starts a case."""
        token = self._tokens[team.member]
        path = "/api/v1/processes/approve3/instances"
        answer = client.must(path, {"form": FORM}, token, new_id())
        return Waiting(team, answer["instance"]["id"], answer["next"][0]["task"])

    def complete(self, waiting: Sequence[Sequence[Waiting]]) -> list[Lane]:
        """Lanes in which clerk and chair complete both tasks of every case."""

        def lane(cases: Sequence[Waiting]) -> Lane:
            def run(client: Client) -> None:
                for one in cases:
                    self.complete_one(client, one)

            return run

        return [lane(cases) for cases in waiting]

    def complete_one(self, client: Client, case: Waiting) -> None:
        """Both tasks of a case."""
        clerk, chair = self._tokens[case.team.clerk], self._tokens[case.team.chair]
        checked = complete(client, case.task, CHECK, clerk)
        complete(client, checked["next"][0]["task"], APPROVE, chair)


def complete(client: Client, task: str, body: Any, token: str) -> Any:
    """One completion."""
    return client.must(f"/api/v1/tasks/{task}/complete", body, token, new_id())


class Bare:
    """The same number of completions at the bare endpoint."""

    def __init__(self, tokens: Mapping[str, str], tasks: dict[str, str], lanes: int) -> None:
        self._tokens = list(tokens.values())
        self._tasks = tasks
        cases = list(tasks)
        self._lanes = [cases[number::lanes] for number in range(lanes)]

    def complete(self, completions: int) -> list[Lane]:
        """Lanes that complete about so many tasks together."""
        each = max(1, completions // len(self._lanes))

        def lane(number: int) -> Lane:
            def run(client: Client) -> None:
                cases = self._lanes[number]
                for count in range(each):
                    self._complete_one(client, cases[count % len(cases)], number + count)

            return run

        return [lane(number) for number in range(len(self._lanes))]

    def _complete_one(self, client: Client, case: str, number: int) -> None:
        token = self._tokens[number % len(self._tokens)]
        path = f"/cases/{case}/tasks/{self._tasks[case]}/complete"
        answer = client.must(path, CHECK, token, new_id())
        self._tasks[case] = answer["next"][0]["task"]

"""The arrows between the rooms of the house."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT, called, calls, files, name, tree

#: Where a transaction ends, and why there.
COMMITS = {
    "engine/store/unit_of_work.py": "the one commit of every command",
    "engine/store/upgrade.py": "an upgrade is one transaction",
    "engine/jobs/leases.py": "a lease is taken in a transaction of its own",
    "engine/jobs/run.py": "a job is a command; its failure is counted apart",
    "engine/jobs/held.py": "a held decision counts as its maker's command; why it could not is told apart",
    "engine/migrating/job.py": "a case moves as its administrator's command; why it could not is told apart",
    "engine/jobs/incidents.py": "each incident that is tried again is a command of its own",
    "engine/jobs/rehearsals.py": "what a slice of a rehearsal found, after reading without a lock",
    "engine/jobs/scenarios.py": "what came out of some scenarios, played without a lock",
    "engine/notifications/announce.py": "what is new is told apart from the command that made it",
    "engine/notifications/deliver.py": "claiming and settling what is sent between the two",
    "engine/commands/refusals.py": "a refusal is recorded apart from what was refused",
    "engine/audit/records.py": "a checkpoint is sealed in a transaction of its own",
    "webapp/requests.py": "the API's and the pages' verbs",
    "webapp/api/instances.py": "a look at a sensitive value, whose answer is not kept",
    "webapp/api/notifications.py": "a new webhook, whose answer holds a secret and is not kept",
    "webapp/file_access.py": "an upload from a page",
    "webapp/reading.py": "a copy is read when its holder opens the case",
    "webapp/accounts/sessions.py": "signing in and out",
    "webapp/accounts/sign_in.py": "a step of a sign-in, before there is a session",
    "webapp/accounts/second_factor.py": "a code that is taken stays taken",
    "webapp/accounts/throttle.py": "an attempt counts before the password is checked",
    "webapp/server.py": "what is kept for a time only goes",
    "webapp/table_dump.py": "a restored backup is one transaction",
}
#: Folders whose files each end the transactions of the verbs they call.
COMMITTING = (
    "engine/testing/",
    "webapp/pages/",
    "webapp/studio/",
    "webapp/cli/",
    "webapp/demo/",
    "webapp/bench/",
)
#: Who reads the machine's clock.
CLOCKS = {
    "engine/clock.py": "the clock that is given to everybody else",
    "engine/ids.py": "ids sort by the time of their making",
    "engine/sealing/keyfiles.py": "a key file notes when it was made, for people",
    "engine/feel/runtime.py": "an expression evaluated without a clock, on the command line",
    "webapp/cli/rules.py": "the command line is the outermost layer",
    "webapp/bench/bare.py": "the endpoint that the server is compared with",
}
#: Longer than a reader likes, and why.
LONG = {
    "engine/audit/standalone_verifier.py": "one file that an auditor runs without the rest",
    "engine/store/migrations/versions/r0001_first_tables.py": "a revision, never edited again",
}
MOST_LINES = 450


def test_the_arrows_point_one_way() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


def test_processes_are_imported_by_nobody() -> None:
    assert not files("processes")


def test_nothing_runs_text_as_code() -> None:
    found = [
        f"{name(path)}:{call.lineno}"
        for path in files("engine", "schemas", "webapp", "scripts", "processes")
        for call in calls(path)
        if called(call) in ("eval", "exec", "compile", "__import__", "pickle.loads", "os.system")
    ]
    assert found == []


def test_the_time_is_given_not_read() -> None:
    reading = ("datetime.now", "date.today", "datetime.utcnow", "time.time", "time.time_ns")
    found = {
        name(path)
        for path in files("engine", "schemas", "webapp")
        for call in calls(path)
        if called(call).endswith(reading)
    }
    assert found == set(CLOCKS)


def test_a_transaction_ends_in_few_places() -> None:
    found = {
        name(path)
        for path in files("engine", "schemas", "webapp")
        for call in calls(path)
        if called(call).endswith(".commit") and not name(path).startswith(COMMITTING)
    }
    assert found == set(COMMITS)


def test_only_the_command_line_prints() -> None:
    found = {
        name(path)
        for path in files("engine", "schemas", "webapp")
        for call in calls(path)
        if called(call) == "print" and not name(path).startswith("webapp/cli/")
    }
    assert found == {"engine/audit/standalone_verifier.py"}


def test_files_stay_readable() -> None:
    long = {
        name(path)
        for path in files("engine", "schemas", "webapp", "scripts")
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == set(LONG)


def test_every_module_says_what_it_is_for() -> None:
    import ast

    silent = [
        name(path)
        for path in files("engine", "schemas", "webapp", "scripts")
        if not ast.get_docstring(tree(path)) and path.read_text(encoding="utf-8").strip()
    ]
    assert silent == []

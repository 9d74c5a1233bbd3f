from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit.canonical import canonical
from engine.audit.checkpoint import checkpoint_row
from engine.audit.standalone_verifier import verify_all
from engine.audit.verify import NoExport, verify_export

FILES = ("events.jsonl", "payloads.jsonl", "checkpoints.jsonl", "heads.jsonl", "keys.jsonl")


def kinds(report) -> set[str]:
    return {finding.kind for finding in report.findings}


def rows_of(folder: Path, name: str) -> list:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def write_rows(folder: Path, name: str, rows: list, manifest: bool = True) -> None:
    """Write a file as somebody would who also corrects the manifest."""
    content = b"".join(canonical(row) + b"\n" for row in rows)
    (folder / name).write_bytes(content)
    if manifest:
        listed = json.loads((folder / "manifest.json").read_text())
        listed["files"][name] = {"rows": len(rows), "sha256": hashlib.sha256(content).hexdigest()}
        (folder / "manifest.json").write_bytes(canonical(listed) + b"\n")


@pytest.fixture
def copy(export, tmp_path) -> Path:
    return Path(shutil.copytree(export, tmp_path / "copy"))


def test_an_export_verifies_itself(export):
    report = verify_export(export)
    assert report.findings == []
    assert (report.events, report.payloads, report.erased) == (7, 3, 1)


def test_a_zip_is_as_good_as_a_folder(trail, tmp_path):
    place = trail.export(tmp_path / "export.zip")
    assert verify_export(place).ok
    with zipfile.ZipFile(place) as archive:
        assert {*FILES, "manifest.json", "verify.py", "README.txt"} == set(archive.namelist())


def test_an_export_is_never_written_over_another(trail, export, tmp_path):
    with pytest.raises(FileExistsError):
        trail.export(export)
    trail.export(tmp_path / "export.zip")
    with pytest.raises(FileExistsError):
        trail.export(tmp_path / "export.zip")


def test_an_erased_payload_leaves_no_trace_of_its_text(export):
    assert "王小明" not in (export / "payloads.jsonl").read_text("utf-8")


def test_events_in_the_wrong_order_are_refused_when_written(trail, tmp_path):
    trail.rows = lambda: {  # type: ignore[method-assign]
        "events": list(reversed(trail.events)),
        "payloads": [],
        "checkpoints": [],
        "sealed_heads": [],
        "keys": [],
    }
    with pytest.raises(ValueError, match="ascend"):
        trail.export(tmp_path / "export")


def test_the_verifier_in_the_export_runs_alone_and_elsewhere(trail, tmp_path):
    place = trail.export(tmp_path / "export")
    held = tmp_path / "held.json"
    held.write_bytes(canonical(checkpoint_row(trail.checkpoints[0])) + b"\n")
    key = trail.keys[0].id

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-W", "error", str(place / "verify.py"), *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    good = run("--held", str(held), "--key", key)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "which you hold, is complete and unchanged: 4 events" in good.stdout

    write_rows(place, "events.jsonl", rows_of(place, "events.jsonl")[:-1])
    bad = run("--json")
    assert bad.returncode == 1
    report = json.loads(bad.stdout)
    assert not report["ok"]
    assert report["findings"][0]["kind"] == "missing_stream"

    assert run(str(tmp_path / "nothing")).returncode == 2
    assert "Traceback" not in run(str(tmp_path / "nothing")).stderr


def test_the_verifier_shares_no_code_with_the_program(export):
    text = (export / "verify.py").read_text("utf-8")
    assert "import engine" not in text
    assert "from engine" not in text


@pytest.mark.parametrize("name", [*FILES, "verify.py", "README.txt"])
def test_a_file_that_differs_from_the_manifest_is_found(copy, name):
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert "manifest" in kinds(verify_export(copy))


def test_a_file_that_is_not_in_the_manifest_is_found(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    del manifest["files"]["heads.jsonl"]
    (copy / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    assert "manifest" in kinds(verify_export(copy))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_no_export(copy, name):
    (copy / name).unlink()
    with pytest.raises(NoExport):
        verify_export(copy)


def test_what_is_no_zip_is_no_export(tmp_path):
    (tmp_path / "x.zip").write_text("not a zip")
    with pytest.raises(NoExport):
        verify_export(tmp_path / "x.zip")


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b'{"a":1.0}\n',
        b'{"a":NaN}\n',
        b'{"a":1,"a":2}\n',
        b'{"b":1,"a":2}\n',
        b'{"a": 1}\n',
        b'{"a":9007199254740993}\n',
        b"[]\n",
        b'{"a":1}',
        b'{"a":"\\ud800"}\n',
        b"\xff\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_written_in_any_other_way_is_found(copy, line):
    with (copy / "events.jsonl").open("ab") as file:
        file.write(line)
    assert "malformed_line" in kinds(verify_export(copy))


CHANGES = st.sampled_from(
    ["value", "value", "value", "value", "drop", "delete", "double", "swap", "add"]
)


def other_values(value):
    """Something else in the place of `value`: near it, of its type or of another."""
    options = [None, True, 0, -1, 1, "", "x", [], {}, "0" * 64, "0" * 32]
    if isinstance(value, bool):
        options += [not value, 1]
    elif isinstance(value, int):
        options += [value + 1, value - 1, str(value)]
    elif isinstance(value, str) and value:
        options += [value.upper(), value[:-1], value + "0", value[1:] + value[0], value.swapcase()]
        options += [value[:-1] + ("0" if value[-1] != "0" else "1")]
    return [option for option in options if option != value or type(option) is not type(value)]


def spoil(rows: list, data) -> list:
    place = data.draw(st.integers(0, len(rows) - 1), label="row")
    change = data.draw(CHANGES, label="change")
    row = rows[place]
    if change == "delete":
        del rows[place]
    elif change == "double":
        rows.insert(data.draw(st.integers(0, len(rows))), deepcopy(row))
    elif change == "swap":
        other = data.draw(st.integers(0, len(rows) - 1))
        rows[place], rows[other] = rows[other], rows[place]
    else:
        inner = row
        key = data.draw(st.sampled_from(sorted(row)), label="key")
        if isinstance(row[key], dict) and row[key] and data.draw(st.booleans()):
            inner = row[key]
            key = data.draw(st.sampled_from(sorted(inner)), label="inner key")
        if change == "drop":
            del inner[key]
        elif change == "add":
            inner["extra"] = data.draw(st.sampled_from([None, 1, "x", {}]))
        else:
            inner[key] = data.draw(st.sampled_from(other_values(inner[key])), label="value")
    return rows


@pytest.fixture(scope="session")
def exported(export) -> dict[str, list]:
    return {name: rows_of(export, name) for name in FILES}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_any_single_change_of_any_exported_row_is_found(exported, name, data):
    after = spoil(deepcopy(exported[name]), data)
    if canonical(after) == canonical(exported[name]):
        return
    rows = {**exported, name: after}
    report = verify_all(
        events=rows["events.jsonl"],
        payloads=rows["payloads.jsonl"],
        checkpoints=rows["checkpoints.jsonl"],
        heads=rows["heads.jsonl"],
        keys=rows["keys.jsonl"],
    )
    assert not report.ok
    assert not report.proves.startswith("Everything")

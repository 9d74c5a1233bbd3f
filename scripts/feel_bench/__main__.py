"""`python -m scripts.feel_bench`: parse and evaluate conditions and a table of 100 rules.

`feelin` runs in the Node on the PATH, from the front end's packages (`make assets`). cel-python is
used by nothing else and has an environment of its own, made once from requirements/bench.lock:

    python -m scripts.feel_bench --install

What is not there is left out, and said. The exit code is 1 if a bar of this project is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from scripts.feel_bench import cases, ours

ROOT = Path(__file__).resolve().parents[2]
FEELIN = ROOT / "webapp/frontend/node_modules/@bpmn-io/feelin/dist/index.js"
ENVIRONMENT = Path(os.environ.get("FEEL_BENCH_VENV", ROOT / ".make" / "feel-bench"))
LOCK = ROOT / "requirements" / "bench.lock"

#: Microseconds: a condition in microseconds, a table of 100 rules under a millisecond.
BARS = {"condition": 100.0, "100 rules": 1000.0}

Figures = dict[str, dict[str, float | None]]


def main() -> int:
    """Measure what is at hand; print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="fetch cel-python first")
    parser.add_argument("--json", action="store_true", help="only the JSON")
    options = parser.parse_args()
    if options.install:
        _install()
    figures: dict[str, Figures | None] = {
        "gongban": dict(ours.measure()),  # type: ignore[arg-type]
        "feelin": _feelin(),
        "cel-python": _cel(),
    }
    if not options.json:
        _print(figures)
    missed = _missed(figures["gongban"] or {})
    print(
        json.dumps({"microseconds": figures, "missed": missed}, indent=None if options.json else 2)
    )
    return 1 if missed else 0


def _missed(figures: Figures) -> list[str]:
    return [
        name
        for name, each in figures.items()
        if (each["evaluate"] or 0) > BARS.get(name, BARS["condition"])
    ]


def _install() -> None:
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)


def _feelin() -> Figures | None:
    node = shutil.which("node")
    if node is None or not FEELIN.is_file():
        print("feelin: not measured (no node, or make assets was not run)", file=sys.stderr)
        return None
    question = {
        "conditions": [
            {"name": each.name, "text": each.feel, "value": each.value} for each in cases.CONDITIONS
        ],
        "context": cases.CONTEXT,
        "rows": cases.rows(),
        "tableContext": cases.TABLE_CONTEXT,
        "tableValue": cases.TABLE_VALUE,
    }
    script = Path(__file__).with_name("feelin.mjs")
    return _run([node, str(script), str(FEELIN)], json.dumps(question))


def _cel() -> Figures | None:
    python = ENVIRONMENT / "bin" / "python"
    if not python.is_file():
        print("cel-python: not measured (python -m scripts.feel_bench --install)", file=sys.stderr)
        return None
    return _run([str(python), "-m", "scripts.feel_bench.cel"], "")


def _run(command: list[str], question: str) -> Figures:
    done = subprocess.run(
        command, input=question, capture_output=True, encoding="utf-8", cwd=ROOT, check=False
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr[-500:]}")
    found: Figures = json.loads(done.stdout)
    return found


def _print(figures: dict[str, Figures | None]) -> None:
    measured = {name: each for name, each in figures.items() if each}
    print(f"{'µs per call, best of seven':<28}" + "".join(f"{name:>24}" for name in measured))
    print(f"{'':<28}" + f"{'parse':>12}{'evaluate':>12}" * len(measured))
    for row in measured["gongban"]:
        cells = (each[row][what] for each in measured.values() for what in ("parse", "evaluate"))
        print(f"{row:<28}" + "".join("           -" if c is None else f"{c:>12.1f}" for c in cells))


if __name__ == "__main__":
    sys.exit(main())

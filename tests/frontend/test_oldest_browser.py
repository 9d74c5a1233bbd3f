"""The build refuses what Chromium 98 does not understand; docs say which browser was really run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.frontend.rendering import WEBAPP

FRONTEND = WEBAPP / "frontend"
CHECK = FRONTEND / "build" / "oldest-browser.ts"
#: File, what stands in it, and what is said of it.
NEWER = [
    ("assets/app-12345678.js", "const a = [1].toSorted();", "Array toSorted"),
    ("assets/app-12345678.js", "AbortSignal.timeout(1);", "AbortSignal.timeout"),
    ("assets/app-12345678.js", "using a = open();", "syntax"),
    ("assets/app-12345678.js", "a = /[a--b]/v;", "syntax"),
    ("assets/app-12345678.css", "p:has(a){color:red}", ":has()"),
    ("assets/app-12345678.css", "a{color:red;& b{color:blue}}", "nesting"),
    ("assets/app-12345678.css", "@media (width>=600px){a{color:red}}", "media ranges"),
    ("assets/app-12345678.css", "a{height:100dvh}", "viewport units"),
    ("assets/app-12345678.css", "a{color:light-dark(#000,#fff)}", "light-dark"),
    ("assets/app-12345678.css", "@layer a{b{color:red}}", "cascade layers"),
]
FINE = [
    ("assets/app-12345678.js", "class A { static { Object.hasOwn({}, 'a'); } #b = [1].at(-1); }"),
    ("assets/app-12345678.css", "a{aspect-ratio:1;inset:0}a:is(b,c){accent-color:red}"),
]


def node() -> str:
    """A Node that reads TypeScript: the check itself is run, not a copy of it."""
    found = shutil.which("node")
    if found is None or not (FRONTEND / "node_modules" / "vite").exists():
        pytest.skip("the front end's packages are not installed")
    return found


def said_of(files: list[tuple[str, str]]) -> list[list[str]]:
    """What the check says of each file."""
    program = f"""
      import {{ runnerImport }} from "vite";
      const {{ module }} = await runnerImport({json.dumps(str(CHECK))});
      const found = [];
      for (const [file, text] of {json.dumps(files)}) found.push(await module.outside(file, text));
      process.stdout.write(JSON.stringify(found));
    """
    done = subprocess.run(
        [node(), "--input-type=module", "-e", program],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_what_is_newer_than_chromium_98_is_refused() -> None:
    answers = said_of([(file, text) for file, text, _name in NEWER])
    for (_file, text, name), said in zip(NEWER, answers, strict=True):
        assert any(one.startswith(name) for one in said), f"{text}: {said}"


def test_what_chromium_98_understands_is_not() -> None:
    assert said_of(FINE) == [[] for _one in FINE]


def test_the_build_is_made_for_it_and_checked() -> None:
    config = (FRONTEND / "vite.config.ts").read_text(encoding="utf-8")
    assert 'target: "chrome98"' in config
    assert 'cssTarget: "chrome98"' in config
    assert "oldestBrowser()" in config


def test_the_documentation_says_what_was_run() -> None:
    text = (WEBAPP.parent / "docs" / "browsers.md").read_text(encoding="utf-8")
    assert re.search(r"Chromium 98 itself was never\s+run", text)

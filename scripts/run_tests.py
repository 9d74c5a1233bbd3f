"""Run the tests, say plainly what was not run, and fail if that was required."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.browser.chromium import find_chromium


def main() -> int:
    """`BROWSER=required` turns a missing Chromium into a failure."""
    required = os.environ.get("BROWSER") == "required"
    browser = find_chromium()
    if browser is None and required:
        print("NOT RUN: browser tests (no Chromium), and BROWSER=required", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile"]
    # In the order of the folders: the browser, which takes longest, first.
    command += ["--no-loadscope-reorder", *sys.argv[1:]]
    if browser is None:
        command += ["-m", "not browser"]
    status = subprocess.run(command, check=False).returncode
    if browser is None:
        print("NOT RUN: browser tests (no Chromium)")
    return status


if __name__ == "__main__":
    sys.exit(main())

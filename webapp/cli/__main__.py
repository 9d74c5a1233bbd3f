"""`python -m webapp.cli` is `gongban`."""

from webapp.cli import run

run()

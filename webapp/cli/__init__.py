"""The command line: `gongban COMMAND …`."""

from webapp.cli.program import main

__all__ = ["main"]

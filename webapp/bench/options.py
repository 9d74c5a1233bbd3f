"""The options of `gongban bench`; importing this costs nothing."""

from __future__ import annotations

import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked for."""
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--out", metavar="FILE", help="write the JSON there as well")
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], help="only this one; both unless given"
    )
    parser.add_argument(
        "--part",
        choices=["approvals", "growth", "inbox", "aid", "proving"],
        help="only this; all unless given",
    )
    parser.add_argument("--soak", action="store_true", help="kill the server again and again")
    parser.add_argument(
        "--seconds", type=float, default=120.0, help="length of a soak per database (120)"
    )

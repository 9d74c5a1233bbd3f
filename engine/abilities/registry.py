"""The abilities a process may name."""

from __future__ import annotations

from pathlib import Path

from engine.abilities import archive, deploy, fund, letter, notice, numbering, payment, register
from engine.abilities.base import Ability
from engine.abilities.notice_rules import NoticeRules


def standard_abilities(notice_file: Path | None = None) -> dict[str, Ability]:
    """Every ability by its name. `notice_file`: an installation's own list of what notices show."""
    rules = NoticeRules.load() if notice_file is None else NoticeRules.load(notice_file)
    return {
        "numbering.next": numbering.NextNumber(),
        "register.lookup": register.LookUp(),
        "register.enter": register.Enter(),
        "fund.reserve": fund.Reserve(),
        "fund.release": fund.Release(),
        "notice.publish": notice.Publish(rules),
        "notice.close": notice.Close(rules),
        "payment.pay": payment.Pay(),
        "letter.make": letter.Make(),
        "case.archive": archive.Archive(),
        "definition.deploy": deploy.Deploy(),
    }

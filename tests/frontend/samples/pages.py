"""Every page of every module, by name."""

from tests.frontend.samples import (
    audit,
    case,
    figures,
    frame,
    house,
    installation,
    lists,
    notices,
    notifications,
    organisation,
    papers,
    payments,
    profile,
    rehearsals,
    running,
    start,
    studio,
    talk,
    task,
    trouble,
    versions,
)
from tests.frontend.samples.frame import Pages

_MODULES = (
    frame,
    figures,
    lists,
    talk,
    start,
    studio,
    rehearsals,
    running,
    case,
    task,
    notifications,
    notices,
    payments,
    trouble,
    installation,
    audit,
    organisation,
    house,
    papers,
    profile,
    versions,
)

PAGES: Pages = {}
for _module in _MODULES:
    # A name that stands twice would take the other page out of the tests.
    assert PAGES.keys().isdisjoint(_module.PAGES)
    PAGES |= _module.PAGES

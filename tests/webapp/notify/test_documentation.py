"""docs/notifications.md: its table is the table in the code, its recipe verifies a real call."""

from __future__ import annotations

import re
from typing import Any

from engine.commands.administer import TOLD
from engine.commands.webhooks import FORMATS
from engine.notifications.kinds import KINDS
from tests.architecture.sources import ROOT
from tests.webapp.notify.conftest import Post

TEXT = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")


def test_the_table_of_kinds_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\|[^|]+\| (now|digest|never) \|$", TEXT, re.MULTILINE)
    assert dict(rows) == {kind.id: kind.mail for kind in KINDS.values()}


def test_every_kind_that_is_told_is_in_the_table() -> None:
    files = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]
    told = {
        kind
        for file in files
        for kind in re.findall(r'\btell\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert {"returned", "copied", "urged"} <= told
    # Those of the ladder and of administrators are names of other things, too.
    told |= {"reminder", "escalated", "handed_over", *TOLD}
    assert told <= set(KINDS)


def test_the_recipe_verifies_a_call_and_refuses_a_changed_one(small_post: Post) -> None:
    recipe = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert recipe is not None
    names: dict[str, Any] = {}
    exec(recipe[1], names)
    added = small_post.house.api("admin_mu").post(
        "/webhooks", {"name": "程序", "url": small_post.hooks.url, "format": "plain"}
    )
    small_post.tell("urged", "chen_jing")
    small_post.round()
    call = small_post.hooks.calls[0]
    verify = names["verify"]
    assert verify(added.json["secret"], call.headers, call.body)
    assert not verify(added.json["secret"], call.headers, call.body.replace(b"urged", b"other"))
    assert not verify("another", call.headers, call.body)
    old = {**call.headers, "X-Gongban-Timestamp": "1000"}
    assert not verify(added.json["secret"], old, call.body)


def test_every_format_is_described() -> None:
    assert all(f"`{format}`" in TEXT for format in FORMATS)

"""How a decision came about, in words: only what one person decided for oneself needs no word."""

from __future__ import annotations

#: The person whose task it was.
PERSON = "person"
#: Somebody in another's stead, by an arrangement that was in force.
PROXY = "proxy"
#: Nobody: the time was over, and the diagram says what that means.
TIMEOUT = "timeout"
#: Nobody anew: whoever would be asked had just agreed, and the package asks nobody twice.
REPEATED = "repeated"
WAYS = (PERSON, PROXY, TIMEOUT, REPEATED)


def printed(how: str | None, by: str = "", owner: str = "") -> str:
    """What paper says beside a decision; empty for an ordinary one."""
    if how == PROXY:
        return f"代理（{by}代{owner}）"
    return {TIMEOUT: "超时自动", REPEATED: "去重跳过"}.get(how or PERSON, "")

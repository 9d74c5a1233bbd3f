"""Lists of work: the inbox, what is done to several at once, and the search for cases."""

from typing import Any

from tests.frontend.samples.frame import Pages, ago, ahead


def row(**values: Any) -> dict[str, Any]:
    return {
        "id": "t1",
        "url": "/tasks/t1",
        "who": "陈静",
        "where": "省农林厅工会",
        "process": "重大疾病帮扶",
        "step": "分管副主席审批",
        "amount_fen": None,
        "due": None,
        "at": ago(hours=1),
        "state": None,
        "state_text": "",
        "can_claim": False,
        "can_release": False,
        "marks": [],
        "unread": False,
        "urges": 0,
        "pick": "t1",
        **values,
    }


TOOLS = {
    "q": "",
    "too_short": False,
    "kept": {"process": "", "due": "overdue"},
    "sorts": [
        {"value": "age", "label": "等得最久的在前", "is_now": False},
        {"value": "-amount", "label": "金额大的在前", "is_now": True},
    ],
    "chips": [
        {
            "kind": "due",
            "label": "逾期",
            "count": "3",
            "url": "/inbox?box=todo&due=overdue",
            "is_now": True,
            "is_bad": True,
        },
        {
            "kind": "process",
            "label": "重大疾病帮扶",
            "count": "99+",
            "url": "/inbox?box=todo&process=illness_aid",
            "is_now": False,
            "is_bad": False,
        },
    ],
    "saved": [
        {
            "id": "f1",
            "name": "大额逾期",
            "url": "/inbox?box=todo&due=overdue",
            "is_now": True,
            "mine": True,
            "by": "",
            "role": "unit_clerk",
            "role_label": "经办人",
        },
        {
            "id": "f2",
            "name": "本周到期",
            "url": "/inbox?box=pool&sort=due",
            "is_now": False,
            "mine": False,
            "by": "王海燕",
            "role": "unit_clerk",
            "role_label": "经办人",
        },
    ],
    "is_saved": False,
    "view": [{"name": "box", "value": "todo"}, {"name": "due", "value": "overdue"}],
    "roles": [{"value": "unit_clerk", "label": "经办人"}],
    "key": "key-of-the-page",
    "plain": False,
}

INBOX = {
    "tools": TOOLS,
    "goes_by_case": False,
    "box": "todo",
    "q": "",
    "boxes": [
        {"id": "todo", "count": 6},
        {"id": "pool", "count": 3},
        {"id": "done", "count": "999+"},
        {"id": "started", "count": 2},
        {"id": "cc", "count": 0},
        {"id": "drafts", "count": 1},
    ],
    "items": [
        row(what="重大疾病帮扶 · 陈静", amount_fen=1_200_000, due=ahead(-1), unread=True, urges=2),
        row(
            id="t2",
            what="重大疾病帮扶 · 赵敏行",
            who="赵敏行",
            amount_fen=600_000,
            due=ahead(0),
            at=ago(hours=2),
        ),
        row(
            id="t3",
            what="支出申请 · 秋季岗位技能竞赛场地费",
            who="方秀英",
            step="经费审批",
            amount_fen=4_860_000,
            due=ahead(2),
            at=ago(days=1),
        ),
        row(
            id="t4",
            what="五一劳动奖章推荐 · 唐建国",
            who="省农林厅工会",
            where="第一活动片",
            step="征求意见",
            due=ahead(8),
            at=ago(days=2),
            can_release=True,
            marks=["代韩立新", "征求意见"],
        ),
        row(
            id="t5",
            what="会员评家 · 省文旅厅工会 2026 年度",
            who="白晓芸",
            where="省文旅厅工会",
            step="核定等次",
            at=ago(days=3),
        ),
        row(
            id="t6",
            what="入会申请 · 林晓雨",
            who="林晓雨",
            where="办公室工会小组",
            step="审批",
            due=ahead(3),
            at=ago(days=3),
        ),
    ],
    "more_url": "/inbox?box=todo&after=x",
    "actions": [{"id": "agree", "label": "同意"}, {"id": "release", "label": "退回待认领"}],
}

BATCH = {
    "action": {"id": "agree", "label": "同意"},
    "box": "todo",
    "key": "k1",
    "possible": 2,
    "with_opinion": True,
    "opinion_required": False,
    "items": [
        {
            "id": "t1",
            "what": "领用 羽毛球拍 · 陈静",
            "who": "陈静",
            "step": "核对库存",
            "url": "/tasks/t1",
            "possible": True,
            "why": None,
            "outcome": "建议同意",
            "then": "下一步：主席审批（韩立新）",
            "needs_confirmation": False,
            "needs_opinion": False,
        },
        {
            "id": "t2",
            "what": "支出申请 · 场地费",
            "who": "方秀英",
            "step": "付款",
            "url": "/tasks/t2",
            "possible": True,
            "why": None,
            "outcome": "同意付款",
            "then": "办件办结",
            "needs_confirmation": True,
            "needs_opinion": False,
        },
        {
            "id": "t3",
            "what": "重大疾病帮扶 · 赵敏行",
            "who": "赵敏行",
            "step": "受理",
            "url": "/tasks/t3",
            "possible": False,
            "why": "需要先填写表单：会员名册在籍、材料齐全",
            "outcome": None,
            "then": None,
            "needs_confirmation": False,
            "needs_opinion": False,
        },
    ],
}

BATCH_DONE = {
    "action": {"id": "agree", "label": "同意"},
    "box": "todo",
    "done": 1,
    "refused": 1,
    "items": [
        {
            "id": "t1",
            "what": "领用 羽毛球拍 · 陈静",
            "who": "陈静",
            "step": "核对库存",
            "url": "/cases/c1",
            "done": True,
            "why": None,
        },
        {
            "id": "t2",
            "what": "找不到",
            "who": "",
            "step": "",
            "url": None,
            "done": False,
            "why": "这里没有内容，或者您无权查看。",
        },
    ],
}

PAGES: Pages = {
    "inbox": ("inbox.html", INBOX, {"nav_active": "inbox"}),
    "inbox_pool": (
        "inbox.html",
        {
            **INBOX,
            "box": "pool",
            "more_url": None,
            "items": [
                row(
                    what="重大疾病帮扶 · 田野",
                    who="田野",
                    where="省文旅厅工会",
                    step="省直工会审核",
                    due=ahead(2),
                    can_claim=True,
                )
            ],
        },
        {"nav_active": "inbox"},
    ),
    "inbox_empty": (
        "inbox.html",
        {**INBOX, "items": [], "more_url": None},
        {"nav_active": "inbox", "demo": None},
    ),
    "inbox_rows": ("partials/inbox_rows.html", {"items": INBOX["items"], "more_url": None}, {}),
    "batch": ("batch.html", BATCH, {"nav_active": "inbox"}),
    "batch_nothing": (
        "batch.html",
        {**BATCH, "possible": 0, "items": BATCH["items"][2:]},  # type: ignore[index]
        {"nav_active": "inbox"},
    ),
    "batch_done": ("batch_done.html", BATCH_DONE, {"nav_active": "inbox"}),
}

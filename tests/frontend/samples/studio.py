"""The studio: its first page, a draft, a file in its editor."""

from datetime import timedelta
from typing import Any

from tests.frontend.samples.frame import NOW, Pages
from tests.frontend.samples.versions import DIFFERENCE

DRAFT: dict[str, Any] = {
    "id": "d1",
    "title": "重大疾病帮扶：金额调整",
    "key": "illness_aid",
    "url": "/studio/drafts/d1",
    "owner": "穆清源",
    "updated_at": NOW,
    "updated_by": "柯以宁",
    "edits": True,
    "owns": True,
    "discarded_at": None,
}
FINDING = {
    "rule": "no_way_out",
    "severity": "error",
    "element": "receive_aid",
    "file": "process.bpmn",
    "message": "no sequence flow leads on from here",
    "said": "从这里没有去路",
    "detail": "",
    "url": "/studio/drafts/d1/diagram#receive_aid",
    "accepted": "",
}


PROPOSAL = {
    "id": "q1",
    "candidate": "a" * 64,
    "candidate_url": "/x",
    "case_url": "/cases/c1",
    "number": "LC-2026-003",
    "by": "穆清源",
    "at": NOW,
    "why": "金额按新标准调整",
    "authors": ["穆清源", "柯以宁"],
    "warnings": [{**FINDING, "why": "暂不译"}],
    "state": "ok",
    "state_text": "已启用",
    "open": False,
    "decided_by": "芦青",
    "decided_at": NOW,
    "base_id": None,
}


def draft_page(**further: Any) -> dict[str, Any]:
    """The page of a draft."""
    file = {
        "path": "process.bpmn",
        "name": "流程图",
        "story": False,
        "kind": "流程图",
        "url": "/studio/drafts/d1/diagram",
        "source_url": "/x",
        "raw_url": "/x",
        "version": 3,
        "size": 4000,
        "updated_at": NOW,
        "updated_by": "柯以宁",
        "shared": False,
    }
    save = {"number": 4, "paths": ["process.bpmn"], "by": "柯以宁", "at": NOW, "now": True}
    many = ["process.toml", "process.bpmn", "README.md", "forms/apply.json"]
    return {
        "draft": DRAFT,
        "base": {"number": 2, "active": True, "key": "illness_aid"},
        "files": [
            file,
            {**file, "path": "_shared/publicity_period.dmn", "shared": True},
            {**file, "path": "scenarios/so_it_goes.yaml", "story": True},
        ],
        "findings": [
            FINDING,
            {**FINDING, "severity": "warning", "rule": "no_english", "accepted": "暂不译"},
        ],
        "errors": 1,
        "saves": [save, {**save, "number": 1, "paths": many, "now": False}],
        "shares": [{"id": "p2", "name": "柯以宁", "edits": True, "me": False}],
        "colleagues": [{"id": "p3", "name": "芦青"}],
        "proposals": [PROPOSAL],
        "may_propose": True,
        "behind": False,
        "no_consent": None,
        "stories": None,
        "warnings": [{"field": "why:a:b:c", "said": "缺英文", "where": "x", "why": ""}],
        "why": "",
        "problem": None,
        "key": "k",
        **further,
    }


def editor(**further: Any) -> dict[str, Any]:
    """A file in its editor."""
    return {
        "draft": DRAFT,
        "path": "process.toml",
        "kind": "基本信息",
        "title": "基本信息",
        "island": "",
        "entry": "",
        "block": {
            "draft": "d1",
            "path": "process.toml",
            "text": "",
            "version": 1,
            "urls": {"file": "/x"},
        },
        "read_only": False,
        "shared": False,
        "source_url": None,
        "editor_url": "/x",
        "siblings": ["process.toml"],
        "problem": None,
        "typed": None,
        "theirs": None,
        "key": "k",
        **further,
    }


def english(**further: Any) -> dict[str, Any]:
    """The English of a draft."""
    urls = {"file": "/studio/drafts/d1/files/i18n/en.json"}
    block = {"draft": "d1", "path": "i18n/en.json", "text": "{}", "version": 1, "urls": urls}
    return {
        "draft": DRAFT,
        "rows": [
            {"text": "核对库存", "was": "", "english": "", "file": "process.bpmn"},
            {"text": "用途", "was": "Use", "english": "Use", "file": "forms/apply.json"},
            {"text": "领用 ", "was": "Of ", "english": "Of ", "file": ""},
        ],
        "missing": 1,
        "unused": 1,
        "broken": False,
        "read_only": False,
        "problem": None,
        "block": block,
        **further,
    }


_FACTS: dict[str, Any] = {
    "draft": DRAFT,
    "version": 3,
    "read_only": False,
    "source_url": "/x",
    "form": {
        "title": "重大疾病帮扶",
        "owner": "zh_clerk",
        "summary": "会员患重大疾病的，发给一次性帮扶金。",
        "words": "大病, 住院",
        "work_point": "21",
        "case_title": "",
        "amount": "",
        "readers": "",
        "cc_started": "",
        "cc_ended": "",
        "urge_every": "",
        "stuck_after": "",
        "retention_period": "P30Y",
        "retention_from": "end",
        "retention_basis": "会计档案管理办法",
        "withdraw_until": "pay_out",
        "comparable": "",
        "use_dmn": "",
        "start_roles": ["unit_member"],
        "applicant_may": ["read_aid", "gone_by"],
        "withdraws": True,
        "revise": True,
    },
    "rules": [
        {"id": "a-1", "why": "核实人不决定", "kind": "groups", "groups": "do_this\ndo_that"},
        {"id": "", "why": "", "kind": "groups", "groups": ""},
    ],
    "policies": [{"why": "公示不少于五个工作日", "says": ""}],
    "accepted": [],
    "roles": [{"id": "zh_clerk", "title": "省直工会经办人"}],
    "points": [{"no": "21", "title": "困难帮扶"}],
    "steps": [{"id": "read_aid", "name": "知悉", "person": "yes"}],
    "problem": None,
}
_VERSION = {"id": "a" * 64, "number": 2, "active": True, "at": NOW, "origin": "studio"}
_FIRST: dict[str, Any] = {
    "processes": [
        {
            "key": "illness_aid",
            "title": "重大疾病帮扶",
            "versions": [_VERSION, {**_VERSION, "number": 1, "active": False}],
        }
    ],
    "files": [
        {
            "key": "tea_break",
            "title": "茶歇",
            "text": "文件尚未启用。",
            "detail": "甲",
            "url": None,
        },
        {"key": "aid", "title": "帮扶", "text": "文件更新。", "detail": "", "url": "/x"},
    ],
    "own": [DRAFT],
    "shared": [{**DRAFT, "edits": False}],
    "left": [DRAFT],
    "discarded": [{**DRAFT, "until": NOW + timedelta(days=20)}],
    "problem": None,
    "typed": {},
    "key": "k",
}
_EMPTY: dict[str, Any] = {
    "processes": [],
    "files": [],
    "own": [],
    "shared": [],
    "discarded": [],
    "left": [],
}

_PROPOSED: dict[str, Any] = {
    "candidate": {"id": "a" * 64, "key": "illness_aid", "title": "重大疾病帮扶"},
    "proposals": [PROPOSAL, {**PROPOSAL, "decided_by": None, "number": None, "warnings": []}],
    "findings": [FINDING],
    "files": [{"path": "process.bpmn", "kind": "流程图", "size": 4000}],
}
_EARLIER: dict[str, Any] = {
    "version": {
        "id": "a" * 64,
        "key": "illness_aid",
        "title": "重大疾病帮扶",
        "number": 1,
        "active": False,
        "in_use": 2,
    },
    "findings": [{**FINDING, "severity": "warning"}],
    "errors": 0,
    "warnings": [{"field": "why:a:b:c", "said": "缺英文", "where": "x", "why": "暂不译"}],
    "why": "改回来",
    "stories": {
        "state": "played",
        "done": 3,
        "total": 3,
        "percent": 100,
        "failed": 0,
        "again": False,
    },
    "problem": None,
    "key": "k",
}

_STORIES: dict[str, Any] = {
    "unplayed": {"state": "none", "done": 0, "total": 0, "percent": 0, "failed": 0, "again": False},
    "playing": {
        "state": "running",
        "done": 5,
        "total": 31,
        "percent": 16,
        "failed": 0,
        "again": False,
    },
    "given_up": {
        "state": "gave_up",
        "done": 5,
        "total": 31,
        "percent": 16,
        "failed": 0,
        "again": True,
    },
    "failed": {
        "state": "played",
        "done": 31,
        "total": 31,
        "percent": 100,
        "failed": 2,
        "again": True,
    },
    "played": {
        "state": "played",
        "done": 31,
        "total": 31,
        "percent": 100,
        "failed": 0,
        "again": False,
    },
}

_LETTER: dict[str, Any] = {"fault": None, "pages": [], "pdf_url": "/x"}

PAGES: Pages = {
    "studio-letter": (
        "studio_letter.html",
        editor(path="letters/aid.typ", **{**_LETTER, "pages": [{"number": 1, "url": "/x"}]}),
        {},
    ),
    "studio-letter-new": ("studio_letter.html", editor(path="letters/aid.typ", **_LETTER), {}),
    "studio-letter-broken": (
        "studio_letter.html",
        editor(
            path="letters/aid.typ",
            **{**_LETTER, "fault": {"text": "？", "file": "x.typ", "line": 3, "excerpt": "#文"}},
        ),
        {},
    ),
    "studio-facts": ("studio_facts.html", _FACTS, {}),
    "studio-facts-read": (
        "studio_facts.html",
        {**_FACTS, "read_only": True, "policies": [], "problem": "未作改动。"},
        {},
    ),
    "studio-candidate": ("studio_candidate.html", {**_PROPOSED, **DIFFERENCE}, {}),
    "studio-candidate-bare": (
        "studio_candidate.html",
        {**_PROPOSED, **DIFFERENCE, "findings": [], "proposals": []},
        {},
    ),
    "studio-version": ("studio_version.html", _EARLIER, {}),
    "studio-version-in-use": (
        "studio_version.html",
        {**_EARLIER, "version": {**_EARLIER["version"], "active": True}, "problem": "内容相同。"},
        {},
    ),
    "studio-draft-behind": ("studio_draft.html", draft_page(behind=True, proposals=[]), {}),
    "studio-draft-sound": ("studio_draft.html", draft_page(errors=0, proposals=[]), {}),
    **{
        f"studio-draft-stories-{name}": (
            "studio_draft.html",
            draft_page(errors=0, proposals=[], stories=stories),
            {},
        )
        for name, stories in _STORIES.items()
    },
    "studio-draft-alone": ("studio_draft.html", draft_page(no_consent="没有人可以审定。"), {}),
    "studio": ("studio.html", _FIRST, {}),
    "studio-empty": ("studio.html", {**_FIRST, **_EMPTY, "problem": "流程代号不对。"}, {}),
    "studio-draft": ("studio_draft.html", draft_page(), {}),
    "studio-draft-read": (
        "studio_draft.html",
        draft_page(
            draft={**DRAFT, "owns": False, "edits": False}, findings=[], errors=0, base=None
        ),
        {},
    ),
    "studio-draft-discarded": (
        "studio_draft.html",
        draft_page(draft={**DRAFT, "discarded_at": NOW}, files=[], shares=[], colleagues=[]),
        {},
    ),
    "studio-editor": ("studio_editor.html", editor(island="viewer", entry="viewer"), {}),
    "studio-source": ("studio_editor.html", editor(), {}),
    "studio-source-conflict": (
        "studio_editor.html",
        editor(
            problem="此间另有人保存了这个文件。",
            typed="",
            theirs={"text": "", "by": "柯以宁", "at": NOW, "version": 2},
        ),
        {},
    ),
    "studio-source-read": ("studio_editor.html", editor(read_only=True, editor_url=None), {}),
    "studio-english": ("studio_english.html", english(), {}),
    "studio-english-broken": ("studio_english.html", english(rows=[], broken=True, missing=0), {}),
}

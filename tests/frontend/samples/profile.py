"""What a person sees of their own: roles, recusals, proxies."""

from markupsafe import Markup

from tests.frontend.samples.frame import Pages, ago, ahead

DEVICE = {
    "qr": Markup('<svg class="qr" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'),
    "secret": "J2SW Y3DP",
    "link": "otpauth://totp/x",
}
STEP = {
    "name": "陆远山",
    "username": "fu_zhuxi_lu",
    "next": "",
    "error": None,
    "device": None,
    "kept": "",
}

PAGES: Pages = {
    "login_code": ("login_step.html", {**STEP, "needs": "code"}, {"me": None}),
    "login_device": (
        "login_step.html",
        {**STEP, "needs": "device", "device": DEVICE},
        {"me": None},
    ),
    "login_new_password": (
        "login_step.html",
        {**STEP, "needs": "new_password", "error": "两次输入的新密码不一致。"},
        {"me": None},
    ),
    "resend": (
        "resend.html",
        {
            "name": "陆远山",
            "target": "/tasks/1/complete",
            "fields": [["outcome", "agree"], ["opinion", "同意"]],
            "files": [{"field": "files", "names": ["票据.pdf", "证明.pdf"]}],
            "written": ["同意"],
        },
        {},
    ),
    "recovery_codes": (
        "recovery_codes.html",
        {"codes": ["23456-789AB"], "onward": "/inbox", "inside": True, "kept": ""},
        {},
    ),
    "profile": (
        "profile.html",
        {
            "person": {
                "name": "陆远山",
                "username": "fu_zhuxi_lu",
                "unit": "省直机关工会",
                "group": None,
                "member_no": "SZ-00002",
                "email": None,
                "roles": [
                    {"name": "分管副主席", "place": "省直机关工会"},
                    {"name": "主席办公会成员", "place": "省直机关工会"},
                ],
            },
            "errors": {},
            "own_password": True,
            "asks_password": True,
            "factor": {
                "active": False,
                "since": None,
                "left": 0,
                "wanted": False,
                "device": DEVICE,
            },
            "running": [
                {
                    "id": "s1",
                    "device": "电脑上的 360 浏览器",
                    "address": "10.1.2.3",
                    "since": ago(days=1),
                    "seen": ago(days=0),
                    "door": "",
                    "this": True,
                },
                {
                    "id": "s2",
                    "device": "程序",
                    "address": "",
                    "since": ago(days=3),
                    "seen": ago(days=2),
                    "door": "统一身份登录",
                    "this": False,
                },
            ],
            "recusals": [
                {
                    "id": "r1",
                    "about": "陈静",
                    "is_case": False,
                    "reason": "夫妻",
                    "at": ago(days=30),
                    "revoked_at": None,
                },
                {
                    "id": "r2",
                    "about": "重大疾病帮扶 · 田野",
                    "is_case": True,
                    "reason": "",
                    "at": ago(days=60),
                    "revoked_at": ago(days=2),
                },
            ],
            "clearing": {
                "seconds": [
                    {"value": 0, "label": "不保留，决定立即生效", "chosen": False},
                    {"value": 8, "label": "8 秒", "chosen": True},
                ],
                "shortcuts": True,
                "phrases": ["同意。", "请补充缺少的材料。"],
                "most": 20,
                "longest": 100,
            },
            "key": "k1",
            "proxies": {
                "mine": [
                    {
                        "id": "p1",
                        "own": True,
                        "name": "蒋文涛",
                        "since": ago(days=1),
                        "until": ahead(8),
                        "processes": ["重大疾病帮扶"],
                        "reason": "出差",
                        "state": "active",
                        "state_text": "生效中",
                        "can_end": True,
                    }
                ],
                "others": [
                    {
                        "id": "p2",
                        "own": False,
                        "name": "曹玉兰",
                        "since": ago(days=9),
                        "until": None,
                        "processes": [],
                        "reason": "",
                        "state": "over",
                        "state_text": "已结束",
                        "can_end": False,
                    }
                ],
                "people": [{"id": "cao", "name": "曹玉兰", "unit": "省直机关工会"}],
                "processes": [{"value": "illness_aid", "label": "重大疾病帮扶"}],
                "who": "",
                "error": None,
                "sent": {},
                "today": "2026-11-25",
            },
        },
        {},
    ),
}

"""What every page has around it: the day, the person, the people of the demonstration; signing in, and errors."""

from datetime import datetime, timedelta
from typing import Any

#: page name → (template, view model, further globals)
Pages = dict[str, tuple[str, dict[str, Any], dict[str, Any]]]

NOW = datetime(2026, 11, 23, 9, 30)


def ago(days: int = 0, hours: int = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def ahead(days: int) -> datetime:
    return NOW + timedelta(days=days)


ME = {
    "name": "陆远山",
    "username": "fu_zhuxi_lu",
    "initial": "陆",
    "unit": "省直机关工会",
    "roles": ["分管副主席"],
    "counts": {"todo": 6, "stuck": 2, "unread": "3"},
    "can": {"start", "cases", "payments", "admin", "audit", "oversee"},
}

STORY = [
    {
        "step": 1,
        "username": "chen_jing",
        "name": "陈静",
        "role": "会员",
        "unit": "省农林厅工会",
        "does": "提出重大疾病帮扶申请，上传诊断证明和票据",
    },
    {
        "step": 2,
        "username": "clerk_wang",
        "name": "王海燕",
        "role": "单位工会经办人",
        "unit": "省农林厅工会",
        "does": "审查材料，受理，指定三名调查核实人",
    },
    {
        "step": 3,
        "username": "diaocha_liu",
        "name": "刘国栋",
        "role": "调查核实人",
        "unit": "省农林厅工会",
        "does": "入户走访，各自签字（另两位：周小梅、徐文斌）",
    },
    {
        "step": 4,
        "username": "weiyuan_guo",
        "name": "郭永强",
        "role": "单位工会委员",
        "unit": "省农林厅工会",
        "does": "委员会研究表决",
    },
    {
        "step": 5,
        "username": "chair_han",
        "name": "韩立新",
        "role": "单位工会主席",
        "unit": "省农林厅工会",
        "does": "签署意见",
    },
    {
        "step": 6,
        "username": "zhi_clerk_gao",
        "name": "高明月",
        "role": "省直工会经办人",
        "unit": "省直机关工会",
        "does": "审核，参考测算的建议额，拟定帮扶金额",
    },
    {
        "step": 7,
        "username": "fu_zhuxi_lu",
        "name": "陆远山",
        "role": "分管副主席",
        "unit": "省直机关工会",
        "does": "审批；随后系统自动公示五个工作日",
    },
    {
        "step": 8,
        "username": "chuna_shi",
        "name": "施雅琴",
        "role": "出纳",
        "unit": "省直机关工会",
        "does": "公示期满后生成银行文件，导入回执",
    },
]

DEMO = {
    "now": NOW,
    "people": [
        {
            "username": p["username"],
            "name": p["name"],
            "role": p["role"],
            "unit": p["unit"],
            "is_me": p["username"] == "fu_zhuxi_lu",
        }
        for p in STORY
    ],
}

ERROR: dict[str, Any] = {"code": 409, "detail": None, "ref": None, "back_url": "/back"}

PAGES: Pages = {
    "login": (
        "login.html",
        {
            "next": "",
            "username": "",
            "error": None,
            "story": STORY,
            "password_hint": "演示人物的密码都是 gongban-demo",
            "provider": False,
            "kept": "",
            "out": None,
        },
        {"me": None},
    ),
    "login_plain": (
        "login.html",
        {
            "next": "",
            "username": "chen",
            "error": "用户名或密码不对，请重新输入。",
            "story": [],
            "password_hint": None,
            "provider": True,
            "kept": "gs1.x",
            "out": "/elsewhere",
        },
        {"me": None, "demo": None},
    ),
    "error_404": (
        "error.html",
        {**ERROR, "code": 404, "back_url": None},
        {"me": None, "demo": None},
    ),
    "error_409": ("error.html", {**ERROR, "detail": "韩立新已于 09:21 办理了这个环节。"}, {}),
    "error_500": ("error.html", {**ERROR, "code": 500, "ref": "e-7f3a91"}, {}),
    "error_csrf": ("error.html", {**ERROR, "code": "csrf"}, {}),
}

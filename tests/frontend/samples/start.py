"""Starting a case."""

from tests.frontend.samples.forms import island
from tests.frontend.samples.frame import Pages

START_FORM = {
    "process": {
        "key": "illness_aid",
        "title": "重大疾病帮扶",
        "summary": "会员本人患重大疾病、个人自付医疗费用较高的，可以申请帮扶。",
        "steps": [
            "受理审查",
            "三人调查核实",
            "单位工会研究签署",
            "省直工会审批",
            "公示 5 个工作日",
            "银行转账",
        ],
        "needs": ["诊断证明、出院小结", "住院收费票据和医保结算单", "本人银行卡", "本人身份证"],
        "duration": "一般 20 个工作日",
        "basis": "依据《省直机关工会重大疾病帮扶办法》",
    },
    "form": island("apply", draft_url="/start/illness_aid/draft"),
    "key": "k2",
    "draft": None,
    "draft_at": None,
    "errors": 0,
    "next_line": "提交后由王海燕（省农林厅工会）受理，3 个工作日内答复。",
}

PAGES: Pages = {
    "start": (
        "start.html",
        {
            "groups": [
                {
                    "title": "帮扶与慰问",
                    "processes": [
                        {
                            "key": "illness_aid",
                            "title": "重大疾病帮扶",
                            "summary": "本人患重大疾病、自付费用较高的，可以申请帮扶。",
                            "drafts": 1,
                        },
                        {
                            "key": "condolence",
                            "title": "会员慰问",
                            "summary": "婚丧、生育、住院、退休等慰问。",
                            "drafts": 0,
                        },
                        {
                            "key": "hardship",
                            "title": "困难职工建档",
                            "summary": "家庭困难的会员申请建档，建档后可获帮扶。",
                            "drafts": 0,
                        },
                    ],
                },
                {
                    "title": "评选与表彰",
                    "processes": [
                        {
                            "key": "model",
                            "title": "五一劳动奖章推荐",
                            "summary": "单位工会推荐，民主测评、征求意见、逐级公示。",
                            "drafts": 0,
                        }
                    ],
                },
            ]
        },
        {"nav_active": "start"},
    ),
    "start_form": ("start_form.html", START_FORM, {"nav_active": "start"}),
    "start_bare": ("start_form.html", {**START_FORM, "form": None}, {"nav_active": "start"}),
}

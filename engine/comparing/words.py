"""What properties and their values are called, in Chinese and English: one table."""

from __future__ import annotations

#: property → (Chinese, English)
PROPERTIES: dict[str, tuple[str, str]] = {
    # of elements
    "name": ("名称", "name"),
    "kind": ("类型", "kind"),
    "candidates": ("办理人", "who handles it"),
    "fallback": ("无人可办时", "who is asked when nobody is found"),
    "due": ("期限", "due"),
    "form": ("表单", "form"),
    "into": ("存入", "kept under"),
    "irreversible": ("不可撤回", "cannot be undone"),
    "hides": ("不予显示的内容", "what is hidden"),
    "cc": ("抄送", "copies"),
    "hand_on": ("可转交", "may be handed on"),
    "skip_repeated": ("重复办理人跳过", "who has agreed is not asked again"),
    "send_back": ("可退回", "may be sent back"),
    "senders": ("可送达消息的人", "who may deliver the message"),
    "ability": ("自动事项", "ability"),
    "argument": ("参数", "argument"),
    "decision": ("规则表", "decision table"),
    "documentation": ("说明", "note"),
    "lane": ("泳道", "lane"),
    "inside": ("所在子流程", "inside"),
    "attached_to": ("附着于", "attached to"),
    "interrupting": ("中断所附环节", "interrupts"),
    "otherwise": ("其他情况走向", "otherwise"),
    "from": ("起点", "from"),
    "to": ("终点", "to"),
    "condition": ("条件", "condition"),
    "event": ("事件", "event"),
    "timer": ("时间", "time"),
    "message": ("消息", "message"),
    "error": ("差错", "error"),
    "code": ("代码", "code"),
    "text": ("文字", "text"),
    "outcomes": ("结果的顺序", "order of outcomes"),
    "outcome.label": ("结果", "outcome"),
    "outcome.kind": ("结果的性质", "kind of outcome"),
    "outcome.opinion": ("结果的意见", "opinion of the outcome"),
    "outcome.form": ("结果的表单要求", "form with the outcome"),
    "sign_off": ("多人共同办理", "several people decide"),
    "sign_off.rule": ("会签方式", "sign-off"),
    "sign_off.signers": ("会签人", "signers"),
    "sign_off.minimum": ("最少人数", "fewest signers"),
    "sign_off.of": ("计算基数", "share of"),
    "sign_off.threshold": ("通过比例", "threshold"),
    "sign_off.quorum": ("到会比例", "quorum"),
    "sign_off.wait": ("何时决定", "when it is decided"),
    "sign_off.abstain": ("弃权", "abstaining"),
    "sign_off.no_quorum": ("人数不足时", "without a quorum"),
    "sign_off.form": ("会签表单", "signers' form"),
    "sign_off.votes": ("已投的票", "votes"),
    "sign_off.veto": ("一票否决", "veto"),
    "sign_off.leavers": ("离开的人", "who leaves"),
    "rung.at": ("催办时间", "reminder at"),
    "rung.do": ("到时", "then"),
    "rung.to": ("通知", "told"),
    "rung.outcome": ("到时结果", "outcome then"),
    "loop": ("重复办理", "repeated"),
    "loop.times": ("次数", "times"),
    "loop.each_of": ("逐一办理", "for each of"),
    "loop.item": ("每项称为", "each called"),
    "loop.until": ("提前结束", "until"),
    # of forms
    "type": ("类型", "type"),
    "key": ("字段名", "field"),
    "label": ("标签", "label"),
    "hint": ("提示", "hint"),
    "required": ("必填", "required"),
    "min": ("最小值", "least"),
    "max": ("最大值", "most"),
    "min_length": ("最少字数", "fewest characters"),
    "max_length": ("最多字数", "most characters"),
    "min_items": ("最少项数", "fewest entries"),
    "max_items": ("最多项数", "most entries"),
    "pattern": ("格式", "pattern"),
    "hidden_when": ("隐藏条件", "hidden when"),
    "expression": ("算式", "computed as"),
    "default": ("默认值", "default"),
    "readonly": ("只读", "read only"),
    "decimals": ("小数位", "decimals"),
    "option": ("选项", "option"),
    "options_from": ("选项来自", "options from"),
    "check": ("校验", "check"),
    "check_message": ("校验提示", "message of the check"),
    "sensitive": ("敏感信息", "sensitive"),
    "file_kinds": ("文件类型", "kinds of file"),
    "max_mb": ("文件大小上限", "largest file"),
    "prefill": ("预填", "filled in from"),
    # of decision tables
    "source": ("依据", "source"),
    "question": ("问题", "question"),
    "answers": ("可选答案", "answers"),
    "hit_policy": ("命中规则", "hit policy"),
    "aggregation": ("汇总", "aggregation"),
    "output_label": ("结果名称", "name of the result"),
    "asks": ("条件内容", "asks"),
    "values": ("可取值", "values"),
    # of process.toml
    "id": ("标识", "id"),
    "title": ("标题", "title"),
    "owner": ("负责角色", "owner"),
    "work_point": ("工作点", "work point"),
    "summary": ("简介", "summary"),
    "words": ("查找用语", "search words"),
    "case_title": ("办件标题", "title of a case"),
    "amount": ("金额字段", "amount"),
    "readers": ("可查看全部办件的人", "readers"),
    "use_dmn": ("共用规则表", "shared tables"),
    "start.roles": ("可发起的角色", "who may start"),
    "withdraw.until": ("此前可撤回", "may be withdrawn until"),
    "withdraw.revise": ("可修改重报", "may be revised"),
    "separation.applicant_may": ("申请人可办的环节", "steps of the applicant"),
    "cc.started": ("发起时抄送", "copies at the start"),
    "cc.ended": ("办结时抄送", "copies at the end"),
    "urge.every": ("催办间隔", "urging every"),
    "stuck.after": ("滞留天数", "stuck after"),
    "comparable.fields": ("可比字段", "comparable by"),
    "retention.period": ("保存期限", "kept for"),
    "retention.from": ("保存起点", "kept from"),
    "retention.basis": ("保存依据", "kept because of"),
    "why": ("理由", "why"),
    "groups": ("分组", "groups"),
    "different": ("须不同人的环节", "by different people"),
    "translation": ("译文", "translation"),
    "other": ("其他", "other"),
}

#: (property, value) → (Chinese, English)
VALUES: dict[tuple[str, str], tuple[str, str]] = {
    ("outcome.kind", "positive"): ("肯定", "positive"),
    ("outcome.kind", "negative"): ("否定", "negative"),
    ("outcome.kind", "abstain"): ("弃权", "abstaining"),
    ("outcome.kind", "neutral"): ("中性", "neutral"),
    ("outcome.opinion", "required"): ("必填", "required"),
    ("outcome.opinion", "optional"): ("选填", "optional"),
    ("outcome.form", "not_validated"): ("不要求填全", "need not be complete"),
    ("outcome.form", "validated"): ("须填全", "must be complete"),
    ("sign_off.rule", "single"): ("单人", "one person"),
    ("sign_off.rule", "all"): ("全部同意", "all agree"),
    ("sign_off.rule", "any"): ("一人同意即可", "any one agrees"),
    ("sign_off.rule", "ratio"): ("按比例表决", "a share agrees"),
    ("sign_off.rule", "sequence"): ("依次签署", "one after another"),
    ("sign_off.of", "entitled"): ("应到人数", "the entitled"),
    ("sign_off.of", "present"): ("实到人数", "those present"),
    ("sign_off.form", "each"): ("每人一份", "one each"),
    ("sign_off.form", "shared"): ("共用一份", "one for all"),
    ("sign_off.wait", "early"): ("结果已定即决定", "as soon as it is clear"),
    ("sign_off.wait", "all"): ("等所有人", "when all have voted"),
    ("sign_off.wait", "deadline"): ("等到期限", "at the due date"),
    ("sign_off.votes", "changeable"): ("可更改", "may be changed"),
    ("sign_off.votes", "final"): ("不可更改", "final"),
    ("sign_off.abstain", "refused"): ("不允许", "not offered"),
    ("sign_off.abstain", "ignored"): ("不计", "not counted"),
    ("sign_off.abstain", "counts"): ("计入", "counted"),
    ("sign_off.leavers", "counted"): ("计为缺席", "counted as absent"),
    ("sign_off.leavers", "dropped"): ("不再计入", "no longer counted"),
    ("rung.do", "remind"): ("提醒", "remind"),
    ("rung.do", "escalate"): ("上报", "escalate"),
    ("rung.do", "hand_over"): ("移交", "hand over"),
    ("rung.do", "decide"): ("自动决定", "decide"),
    ("loop", "parallel"): ("同时", "at the same time"),
    ("loop", "sequential"): ("依次", "one after another"),
    ("hand_on", "role"): ("同角色", "within the role"),
    ("hand_on", "unit"): ("同单位", "within the unit"),
    ("hand_on", "anyone"): ("任何人", "to anyone"),
    ("hand_on", "none"): ("不可", "to nobody"),
    ("skip_repeated", "none"): ("不跳过", "never"),
    ("skip_repeated", "adjacent"): ("与上一环节同一人时", "right after the step before"),
    ("skip_repeated", "any"): ("此前办过时", "after any earlier step"),
    ("retention.from", "start"): ("发起时", "the start"),
    ("retention.from", "end"): ("办结时", "the end"),
}
_YES_NO = {"true": ("是", "yes"), "false": ("否", "no")}

#: what a thing is → (Chinese, English)
THINGS: dict[str, tuple[str, str]] = {
    "task": ("环节", "step"),
    "gateway": ("分支", "branch"),
    "event": ("事件", "event"),
    "subprocess": ("子流程", "sub-process"),
    "flow": ("走向", "flow"),
    "lane": ("泳道", "lane"),
    "note": ("图中注释", "note in the diagram"),
    "process": ("流程", "process"),
    "message": ("消息", "message"),
    "field": ("字段", "field"),
    "facts": ("基本信息", "facts"),
    "rule": ("规则", "rule"),
    "text": ("译文", "translation"),
    "form": ("表单", "form"),
    "input": ("输入", "input"),
    "file": ("文件", "file"),
    "other": ("其他", "other"),
}

#: action → (Chinese, English)
ACTIONS: dict[str, tuple[str, str]] = {
    "added": ("新增", "added"),
    "removed": ("删去", "removed"),
    "changed": ("修改", "changed"),
    "moved": ("移动", "moved"),
    "renamed": ("改名", "renamed"),
    "same": ("未变", "same"),
}


def _index(language: str) -> int:
    return 1 if language == "en" else 0


def property_word(name: str, language: str) -> str:
    """What a property is called; one that nobody has a word for is called as it is written."""
    found = PROPERTIES.get(name)
    return found[_index(language)] if found else name


def value_word(name: str, value: str, language: str) -> str:
    """What a value is called; most are called as they are written."""
    found = VALUES.get((name, value)) or _YES_NO.get(value)
    return found[_index(language)] if found else value


def thing_word(what: str, language: str) -> str:
    """What a thing is called."""
    return THINGS.get(what, THINGS["other"])[_index(language)]


def action_word(action: str, language: str) -> str:
    """What became of it."""
    return ACTIONS[action][_index(language)]

"""The sentences of the forms, in Chinese and English: one table for errors, one for findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: code -> (Chinese, English). Names in braces are the error's params; a param `min_fen` may also
#: be written `{min_yuan}`.
MESSAGES: dict[str, tuple[str, str]] = {
    "required": ("请填写此项", "This is required."),
    "must_be_ticked": ("请勾选此项", "This must be ticked."),
    "unknown_field": ("表单中没有此字段", "The form has no such field."),
    "too_many_errors": ("错误过多, 其余未列出", "Too many errors; the rest is not listed."),
    "wrong_type": ("值的类型不正确", "The value has the wrong type."),
    "forbidden_character": ("含有不允许的字符", "Contains a character that is not allowed."),
    "one_line": ("只能填写一行", "Only one line is allowed."),
    "too_long": ("最多 {max} 个字", "At most {max} characters."),
    "too_short": ("至少 {min} 个字", "At least {min} characters."),
    "pattern": ("格式不正确", "The format is not right."),
    "pattern_text": ("{text}", "{text}"),
    "email": ("请填写有效的电子邮箱", "Enter a valid e-mail address."),
    "phone": ("请填写有效的电话号码", "Enter a valid telephone number."),
    "not_a_number": ("请填写数字", "Enter a number."),
    "too_large": ("数值过大", "The number is too large."),
    "below_min": ("不能小于 {min}", "Must not be less than {min}."),
    "above_max": ("不能大于 {max}", "Must not be more than {max}."),
    "too_many_decimals": ("最多 {digits} 位小数", "At most {digits} decimal places."),
    "amount_not_whole_fen": ("金额应精确到分", "The amount must be a whole number of fen."),
    "amount_negative": ("金额不能为负数", "The amount must not be negative."),
    "amount_below_min": ("金额不能少于 {min_yuan} 元", "Must be at least {min_yuan} yuan."),
    "amount_above_max": ("金额不能超过 {max_yuan} 元", "Must be at most {max_yuan} yuan."),
    "not_an_option": ("请从选项中选择", "Choose one of the options."),
    "duplicate": ("有重复的项", "The same entry occurs twice."),
    "too_few_items": ("至少 {min} 项", "At least {min} entries."),
    "too_many_items": ("最多 {max} 项", "At most {max} entries."),
    "fixed_items": ("应为 {count} 项, 不能增减", "There must be exactly {count} entries."),
    "not_a_date": ("请填写有效日期 (年-月-日)", "Enter a valid date (year-month-day)."),
    "date_in_past": ("日期不能早于今天", "The date must not be in the past."),
    "id_card_format": ("身份证号应为 18 位", "An identity number has 18 characters."),
    "id_card_birth_date": (
        "身份证号中的出生日期无效",
        "The birth date in the identity number is not valid.",
    ),
    "id_card_check_digit": (
        "身份证号校验位不正确, 请核对",
        "The identity number's check digit is wrong; check the number.",
    ),
    "bank_account_format": (
        "银行账号应为 13 至 19 位数字",
        "A bank account has 13 to 19 digits.",
    ),
    "bank_account_check_digit": (
        "银行账号校验不通过, 请核对",
        "The bank account's check digit is wrong; check the number.",
    ),
    "mobile_format": ("请填写 11 位手机号", "Enter a mobile number of 11 digits."),
    "person_not_allowed": ("所选人员不在可选范围内", "This person cannot be chosen here."),
    "unknown_attachment": ("找不到该附件, 请重新上传", "The file is not there; upload it again."),
    "attachment_too_big": ("每个文件不能超过 {max_mb} MB", "No file larger than {max_mb} MB."),
    "attachment_kind": ("只接受这些类型的文件: {kinds}", "Only these kinds of file: {kinds}."),
    "unknown_reference": ("原值已不可用, 请重新填写", "The stored value is gone; enter it again."),
    "not_checkable": (
        "请先填写相关内容, 否则无法核对此项",
        "This cannot be checked before the fields it depends on are filled in.",
    ),
    "check": ("{text}", "{text}"),
    "computed_not_whole_fen": (
        "计算结果不是整数分, 请联系管理员",
        "The computed amount is not a whole number of fen; tell the administrator.",
    ),
}

#: rule -> (Chinese, English), for findings about a form's schema.
FINDINGS: dict[str, tuple[str, str]] = {
    "form.not_a_form": (
        "不是 form-js 表单 (应为对象, type 为 default)",
        "this is not a form-js form (an object of type default)",
    ),
    "form.schema_version": (
        "schemaVersion 应为不大于 {supported} 的整数",
        "schemaVersion must be a whole number up to {supported}",
    ),
    "form.too_big": (
        "表单过大: 组件超过 {max} 个或嵌套超过 {depth} 层",
        "the form is too big: more than {max} components, or nested deeper than {depth}",
    ),
    "form.component": ("组件应为对象并有 type", "a component must be an object with a type"),
    "form.unknown_type": ("不支持的组件类型 {type}", "component type {type} is not supported"),
    "form.active_content": (
        "不允许网页代码 (html, iframe, script)",
        "web code (html, iframe, script) is not allowed",
    ),
    "form.remote_data": (
        "不允许从外部取数据 (dataSource)",
        "remote data (dataSource) is not allowed",
    ),
    "form.option_not_supported": (
        "不支持设置 {option}",
        "the setting {option} is not supported",
    ),
    "form.key": (
        "字段名 {key} 不能使用: 应为非空名称, 不以下划线开头",
        "the key {key} cannot be used: it must be a name not starting with an underscore",
    ),
    "form.reserved_key": (
        "字段名 {key} 为系统保留",
        "the key {key} is reserved",
    ),
    "form.duplicate_key": ("字段名 {key} 重复", "the key {key} is used twice"),
    "form.label": ("缺少标签 (固定文字)", "a label (fixed text) is missing"),
    "form.money_key": (
        "金额字段名应以 _fen 结尾: {key}",
        "the key of a money field must end in _fen: {key}",
    ),
    "form.options": ("没有选项", "there are no options"),
    "form.option_value": (
        "选项应有文字标签和不重复的值",
        "every option needs a label and a value of its own",
    ),
    "form.date_only": ("只支持日期 (subtype 为 date)", "only dates are supported (subtype date)"),
    "form.setting": ("设置 {name} 的值无效", "the value of setting {name} is not valid"),
    "form.rule": ("规则 {name} 的值无效", "the value of rule {name} is not valid"),
    "form.pattern": ("正则表达式无效: {text}", "the pattern cannot be read: {text}"),
    "form.feel": ("表达式无效: {text}", "the expression cannot be read: {text}"),
    "form.feel_equals": (
        "条件表达式应以等号开头",
        "the expression must begin with an equals sign",
    ),
    "form.check_message": (
        "有 check 时应有 checkMessage",
        "a check needs a checkMessage",
    ),
    "form.sensitive": ("未知的敏感类别 {kind}", "unknown kind of sensitive value {kind}"),
    "form.sensitive_missing": (
        "个人信息字段应标明 properties.sensitive",
        "a field with personal data should say properties.sensitive",
    ),
    "form.sensitive_computed": (
        "计算字段不能是敏感字段",
        "a computed field cannot be sensitive",
    ),
    "form.candidates": (
        "人员字段应写明 properties.candidates",
        "a persons field needs properties.candidates",
    ),
    "form.max_mb": (
        "max_mb 应为 1 到 100 的整数",
        "max_mb must be a whole number from 1 to 100",
    ),
    "form.kinds": ("未知的附件类型 {kind}", "unknown kind of file {kind}"),
    "form.prefill": (
        "只有普通的单值字段可以预填 (prefill), 敏感字段、列表、人员和附件不可以",
        "only plain single fields can be prefilled, nothing sensitive, no lists, people or files",
    ),
    "form.prefill_column": (
        "列表中的字段不能预填 (prefill)",
        "a column of a list cannot be prefilled",
    ),
    "form.readonly_column": (
        "可增减的列表中不能有只读字段",
        "a list that people may add to or remove from cannot have read-only fields",
    ),
}


def message(
    code: str,
    params: Mapping[str, Any],
    lang: str = "zh",
    labels: Mapping[str, str] | None = None,
) -> str:
    """The sentence for an error code in `zh` or `en`.

    `labels` translates texts that the package wrote (`text` of a check or a pattern). An unknown
    code comes back as it is, so that a page can always show something.
    """
    return _fill(MESSAGES.get(code, (code, code)), params, lang, labels or {})


def finding_message(rule: str, params: Mapping[str, Any], lang: str = "zh") -> str:
    """The sentence for a finding's rule in `zh` or `en`."""
    return _fill(FINDINGS[rule], params, lang, {})


def yuan(fen: int) -> str:
    """An amount in 分 as 元 with two decimals: 123456 -> 1,234.56."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def _fill(
    pair: tuple[str, str], params: Mapping[str, Any], lang: str, labels: Mapping[str, str]
) -> str:
    parts = dict(params)
    for name, value in params.items():
        if name.endswith("_fen") and isinstance(value, int):
            parts[name.removesuffix("_fen") + "_yuan"] = yuan(value)
    text = parts.get("text")
    if lang == "en" and isinstance(text, str):
        parts["text"] = labels.get(text, text)
    # The template is ours; values go in by format and are never formatted themselves.
    return pair[1 if lang == "en" else 0].format_map(_Lenient(parts))


class _Lenient(dict[str, Any]):
    """A param that is missing shows as an ellipsis, not as an exception."""

    def __missing__(self, key: str) -> str:
        return "…"

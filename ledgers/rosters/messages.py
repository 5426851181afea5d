"""What is wrong with a cell and what to do, one Chinese sentence each (interfaces, Codes)."""

from registry import identity

ERROR_SENTENCES = {
    **{code: sentence for code, sentence in identity.SENTENCES.items() if code != "id_region"},
    "name_missing": "没有填写姓名，请补上后重新导入。",
    "birth_missing": "没有证件号码，也没有出生日期，请至少填写一项。",
    "date_missing": "这一针没有写接种日期，请补上日期后重新导入。",
    "date_unreadable": "“{text}”不是能识别的日期，请写成2021-07-16这样的年月日。",
    "date_ambiguous": "“{text}”分不清是几日，请写成2021-07-16这样的年月日。",
    "date_future": "“{text}”晚于今天，请核对日期。",
    "date_too_early": "“{text}”早于疫苗首次使用的日期，请核对日期。",
    "date_before_birth": "“{text}”早于本人出生日期，请核对日期和证件号码。",
    "date_order": "缓种截止日早于诊断日期，请核对这两个日期。",
    "dose_order": "第{later}针的日期早于第{earlier}针，请核对两针的日期和针次。",
    "end_missing": "缓种没有填写“缓种至”，请补上截止日期。",
    "code_invalid": "村（社区）代码应为12位数字，末三位不能全为0，请核对后重新填写。",
    "number_unreadable": "“{text}”不是整数，请只填写数字。",
    "value_missing": "必填的“{column}”没有填写，请补上后重新导入。",
    "cell_error": "单元格里是公式错误“{text}”，请改为正确的内容。",
}
WARNING_SENTENCES = {
    "id_region": identity.SENTENCES["id_region"],
    "sex_mismatch": "性别与身份证号不一致，已按身份证号登记，请核对。",
    "birth_mismatch": "出生日期与身份证号不一致，已按身份证号登记，请核对。",
    "phone_unreadable": "联系电话没有完全读懂，只登记了能识别的号码，请核对。",
    "value_unreadable": "“{text}”不在可填的内容之内，这一格没有采用，请核对。",
    "residency_unknown": "人口类型“{text}”不能识别，暂按类型未定登记，请核对。",
    "product_unknown": "疫苗“{text}”不能识别，暂按疫苗不明登记，请核实生产企业。",
    "date_year_inferred": "“{text}”没有写年份，已按{date}登记，请核对。",
    "dose_missing": "填了第{later}针但没有第{earlier}针的日期，请核实前一针。",
    "start_assumed": "没有填写{column}，已按今天登记，请补充准确日期。",
}


def sentence_of(code: str, **details: object) -> str:
    """Return the sentence of a code with its details put in."""
    sentences = ERROR_SENTENCES if code in ERROR_SENTENCES else WARNING_SENTENCES
    return sentences[code].format(**details)

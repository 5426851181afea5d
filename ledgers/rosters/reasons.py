"""未接种原因 in the words of rosters → the codes of rules 3."""

import re
from functools import lru_cache

from ledgers.rules import REASONS

# The first wording that occurs decides; the narrower ones come before the wider ones.
_WORDINGS = (
    (
        "52",
        r"已在外|在外.*(已|接)种|外地已|异地已|其他(门诊|地方).*已|"
        # Said to be done; 打了电话 is no dose.
        r"^(?!.*(?:电话|没|未|不)).*在.{1,6}(?:打了|打过|打完|已打|已种)|"
        r"^(?!.*电话).*(?:外|老家|异地).*(?:已打|打了|打过|打完)|^(?:自述|本人说)?(?:已打|已种|打过了?|打完了?)(?:第?[一二两三123]?针|疫苗)?了?$",
    ),
    ("61", r"查无此人|空挂|人户分离"),
    ("6", r"联系不上|失联|失踪|无法联系|电话.*(不通|停机|空号)|打不通|没人接|无人接听|停机|空号"),
    ("3", r"医生.*(暂缓|推迟|建议)|现场.*暂缓|接种点.*不"),
    ("43", r"备孕|哺乳"),
    ("2", r"缓种|暂缓|发热|感冒|孕|妊娠期"),
    ("44", r"家属|家人|子女不同意|父母不同意"),
    ("41", r"不良反应|副作用"),
    ("42", r"基础病|慢性病|慢病|高血压|糖尿病|不放心"),
    ("1", r"禁忌|过敏|不能接种|不宜接种"),
    ("8", r"行动不便|卧床|瘫痪|残疾|上门|失能|下不了床"),
    ("9", r"无苗|待苗|缺苗|没有苗|等.*苗|待组织|未通知|没通知|不知道"),
    ("7", r"约定|预约|已约"),
    ("51", r"外出|在外|务工|外地|打工|去(?!世|打|接|医|卫|诊|看|住|做|了).{1,5}了$"),
    ("4", r"不愿|拒绝|不想|不打|不种|不同意|无.*意愿|害怕|怕"),
)
_PATTERNS = tuple((code, re.compile(pattern)) for code, pattern in _WORDINGS)


@lru_cache(maxsize=4096)
def reason_code(words: str) -> str:
    """Return the code of a reason in words or digits; 10 (其他, with the words as its note) for all others."""
    text = words.strip()
    if text in REASONS:
        return text
    for code, label in REASONS.items():
        if text == label:
            return code
    for code, pattern in _PATTERNS:
        if pattern.search(text):
            return code
    return "10"

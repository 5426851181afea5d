"""Names of people: the form they are compared by, how they sound, how they are searched (interfaces, Rosters)."""

import os
import unicodedata
from functools import lru_cache

# Names are read character by character; the dictionary of phrases would only hold 40 MB in every process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, pinyin

_SPACES = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_DOTS = "·•‧・．.。∙⋅●"
# Forms of one and the same character that offices type for one another.
_VARIANTS = (
    "張张 陳陈 劉刘 楊杨 黃黄 趙赵 吳吴 孫孙 馬马 鄭郑 謝谢 許许 鄧邓 馮冯 蕭萧 葉叶 蔣蒋 蘇苏 盧卢 鐘钟 鍾钟 "
    "譚谭 賈贾 範范 韓韩 龔龚 龍龙 萬万 賴赖 錢钱 湯汤 閻阎 閆闫 齊齐 莊庄 嚴严 顧顾 鄒邹 聶聂 寧宁 甯宁 寗宁 "
    "國国 華华 偉伟 強强 麗丽 軍军 榮荣 蘭兰 鳳凤 瓊琼 貴贵 東东 雲云 鋼钢 銀银 鐵铁 鉄铁 興兴 慶庆 澤泽 濤涛 "
    "紅红 勝胜 義义 愛爱 靜静 潔洁 學学 廣广 傑杰 長长 順顺 瑩莹 曉晓 輝辉 暉晖 鵬鹏 飛飞 進进 遠远 連连 達达 "
    "髙高 呂吕 峯峰 羣群 堃坤 昇升 陞升 喆哲 龢和 迺乃 崐昆 崑昆 崙仑 脩修 隣邻 彊强 "
    "𠮷吉 䶮龑 㛃洁 蓡参 淸清 靑青 眞真 徳德 恵惠 悅悦 豔艳 艶艳 硏研 姸妍 緑绿 綠绿 紹绍 維维 "
    "兪俞 荘庄 桒桑 桺柳 栁柳 亷廉 廸迪 逺远 囯国 圀国 秊年 珎珍 琹琴 尓尔 爾尔 吿告 寳宝 寶宝 "
)
_SIMPLER = {pair[0]: pair[1] for pair in _VARIANTS.split()}
_FOLD = str.maketrans(dict.fromkeys(_SPACES + _DOTS) | _SIMPLER)
# What stands where a system could not write a rare character.
_UNREADABLE = frozenset("?？*＊□■〓◇�")
# Readings of surnames that dictionaries give otherwise.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "任": "ren", "区": "ou", "查": "zha", "朴": "piao",
    "盖": "ge", "覃": "qin", "冼": "xian", "员": "yun", "乐": "yue", "翟": "zhai", "缪": "miao", "黑": "he",
    "繁": "po", "召": "shao", "折": "she", "种": "chong", "祭": "zhai", "句": "gou", "洗": "xian", "重": "chong",
    "秘": "bi", "牟": "mou", "谌": "chen", "葛": "ge", "贾": "jia", "柏": "bai", "薄": "bo", "沈": "shen",
    "盛": "sheng", "宁": "ning", "华": "hua", "燕": "yan", "纪": "ji", "应": "ying", "车": "che", "晟": "cheng",
    "肖": "xiao", "隗": "wei", "幺": "yao", "佴": "nai", "令狐": "ling hu", "尉迟": "yu chi", "万俟": "mo qi",
    "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip


def clean_name(raw: str) -> str:
    """Return the name as it is shown: one form of dot, and no spaces but those of Latin names."""
    if raw.isalpha() and not raw.isascii() and unicodedata.is_normalized("NFKC", raw):
        return raw
    text = unicodedata.normalize("NFKC", raw)
    text = "".join("·" if c in _DOTS else c for c in text if c not in "\u200b\u200c\u200d\u2060\ufeff")
    words = text.strip("·'‘’` \t\r\n").split()
    return (" " if all(word.isascii() for word in words) else "").join(words)


def name_key(name: str) -> str:
    """Return the form in which names are the same but for spaces, dots and variant characters."""
    key = unicodedata.normalize("NFKC", name).translate(_FOLD).casefold()
    return key[:-3] if key.endswith(("(女)", "(男)")) and len(key) > 3 else key


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are one, written differently (interfaces, name_conflict).

    A place holder for a character that could not be written (?, □, private use) matches any one.
    """
    left, right = name_key(one), name_key(other)
    if left == right:
        return True
    if len(left) != len(right):
        return False
    pairs = list(zip(left, right, strict=True))
    certain = sum(a == b for a, b in pairs)
    return certain > 0 and all(a == b or _is_unreadable(a) or _is_unreadable(b) for a, b in pairs)


def sounds_same(one: str, other: str) -> bool:
    """Tell whether two names of equal length sound the same (肖/萧, 付/傅, 闫/阎), tones aside."""
    left, right = name_key(one), name_key(other)
    if not left or len(left) != len(right):
        return False
    return all(a == b or bool(_readings(a) & _readings(b)) for a, b in zip(left, right, strict=True))


def pinyin_of(name: str) -> tuple[str, str]:
    """Return a name's toneless pinyin in one word and its initials: 张伟 → ("zhangwei", "zw")."""
    key = name_key(name)
    for length in (2, 1):
        surname = _SURNAMES.get(key[:length])
        if surname:
            head, rest = surname.split(), [_syllable(c) for c in key[length:]]
            return "".join(head + rest), "".join([part[:1] for part in head + rest])
    syllables = [_syllable(c) for c in key]
    return "".join(syllables), "".join([s[:1] for s in syllables])


def _is_unreadable(character: str) -> bool:
    return character in _UNREADABLE or unicodedata.category(character) == "Co"


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    """Return one character's most usual reading; letters and digits stand for themselves."""
    reading = pinyin(character, style=Style.NORMAL, errors=lambda _: "")
    syllable = reading[0][0] if reading else ""
    return syllable or (character if character.isascii() and character.isalnum() else "")


@lru_cache(maxsize=30_000)
def _readings(character: str) -> frozenset[str]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors=lambda _: "")
    return frozenset(reading for reading in (found[0] if found else ()) if reading)

"""Invented names by cohort and sex (domain 3.4)."""

from itertools import accumulate
from random import Random

# Surname and its share in per mille; 秦 谭 冉 向 罗 are more frequent here than elsewhere.
_TABLE = """
李:78 王:62 张:58 刘:50 陈:52 杨:40 黄:34 周:33 罗:30 谭:29 秦:28 冉:24 向:22 何:22 唐:20 邓:19 吴:22 徐:16
赵:16 孙:9 马:9 朱:11 胡:14 林:8 郭:11 高:9 梁:9 郑:7 谢:11 宋:8 许:7 邹:9 彭:12 曾:11 萧:4 田:8 董:6 袁:9 潘:7
于:4 蒋:12 蔡:7 余:11 杜:8 叶:6 程:6 苏:5 魏:7 吕:6 丁:5 任:6 沈:4 姚:5 卢:6 姜:5 崔:3 钟:7 汪:6 廖:8 范:6 金:3
石:5 贺:5 龚:6 文:5 方:5 熊:6 白:4 毛:5 江:5 史:4 顾:2 侯:4 邵:3 孟:3 龙:6 万:5 段:4 雷:5 钱:3 汤:4 尹:4 黎:4
易:5 常:2 武:3 乔:2 赖:3 庞:3 樊:3 殷:3 施:3 陶:4 洪:3 翟:2 安:2 颜:3 倪:2 严:3 牛:2 温:3 鲁:3 葛:2 韦:3 章:3
岳:2 毕:2 柳:3 付:4 傅:3 闫:2 阎:2 肖:8 喻:3 幸:2 牟:4 晏:2 成:3 敖:3 舒:3 古:3
"""
SURNAMES = [pair[0] for pair in _TABLE.split()]
_CUMULATIVE = list(accumulate(int(pair[2:]) for pair in _TABLE.split()))

# First year of the cohort, then given names of men and of women as first and second characters.
# A name of one character is made of a second character alone.
_COHORTS: list[tuple[int, tuple[str, str], tuple[str, str], float]] = [
    (1900, ("国德明光世兴长正永昌启", "华才福清云林成贵文安全"), ("秀桂玉淑素光正德天", "英兰珍芳碧华清莲香菊"), 0.05),
    (1960, ("建国志光家小大永孝中", "军勇国华明平林兵成全"), ("玉秀小晓代国建素", "英兰琼芬容蓉芳平莲群"), 0.25),
    (1970, ("小志建海晓俊永红兴", "勇军伟强波涛斌林川江"), ("小晓红春艳海丽", "丽艳芳敏琼霞蓉英华梅"), 0.45),
    (1980, ("小晓海志俊文永", "伟磊勇涛超峰鹏飞波江"), ("晓小海春丽雪", "静丽娜燕敏玲琳蓉艳霞"), 0.45),
    (1990, ("俊文志浩小宇明", "超杰涛鹏鑫浩宇林洋"), ("雪小婷晓思雨佳", "婷丹雪娟琴玲倩颖瑶"), 0.30),
    (2000, ("浩宇俊子文梓嘉", "宇然杰轩泽豪博睿航"), ("欣子雨思佳梓语", "怡涵悦彤琪瑶萱妍欣"), 0.08),
]  # fmt: skip


def surname(rng: Random) -> str:
    return rng.choices(SURNAMES, cum_weights=_CUMULATIVE)[0]


def given_name(rng: Random, sex: str, birth_year: int) -> str:
    cohort = next(row for row in reversed(_COHORTS) if birth_year >= row[0])
    first, second = cohort[1] if sex == "M" else cohort[2]
    tail = rng.choice(second)
    if rng.random() < cohort[3]:
        return tail
    head = rng.choice(first)
    # 婷婷 and 欣欣 are names, 国国 and 宇宇 sound like a slip of the pen.
    return head + tail if head != tail or tail in "婷欣" else tail


def full_name(rng: Random, sex: str, birth_year: int, family: str = "") -> str:
    return (family or surname(rng)) + given_name(rng, sex, birth_year)

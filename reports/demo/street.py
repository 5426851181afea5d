"""The street as the demonstration has it: villages, their size and how far each has come."""

from dataclasses import dataclass
from datetime import date

STREET = "500233003000"
# The day the demonstration stands on; the newest dose is of this day.
DEMO_DAY = date(2021, 8, 16)
# The size at which census bases and shares below were chosen; other sizes are scaled.
FULL_SIZE = 40_000


@dataclass(frozen=True)
class Village:
    """A village; rates are shares of the census base, `lost_share` of those whose second dose was due."""

    code: str
    name: str
    groups: int
    census_base: int
    first_share: float
    full_share: float
    lost_share: float
    exempt: int
    leader: str
    district_group: str


# Codes, names and the number of groups: domain 3.2. Census bases add up to 28,336 (domain 3.3); which
# villages are 社区 is known of 朱河 alone, so a kind is written only where the name has it.
_ROWS = """
001 朱河社区 22 4194 0.734 0.554 0.047 78 秦川江 第一片区
200 高寨村 7 1238 0.660 0.447 0.071 24 秦川江 第一片区
201 青岭村 6 1095 0.605 0.413 0.084 23 冉启明 第二片区
202 沿溪村 8 1674 0.693 0.512 0.061 37 冉启明 第二片区
203 将军村 9 2053 0.716 0.540 0.052 47 谭永固 第三片区
204 黄谷村 6 1149 0.577 0.387 0.101 28 谭永固 第三片区
205 文峰村 9 1986 0.707 0.526 0.056 51 向前进 第四片区
206 五岭村 7 1308 0.635 0.442 0.075 24 向前进 第四片区
207 太集村 8 1423 0.647 0.457 0.066 28 罗开泰 第五片区
208 兴合村 8 1565 0.912 0.716 0.022 33 罗开泰 第五片区
209 杨峰村 6 1030 0.591 0.398 0.095 23 罗开泰 第五片区
210 上坝村 7 1348 0.663 0.470 0.064 31 周全兴 第六片区
211 团结村 7 1188 0.641 0.436 0.078 29 周全兴 第六片区
212 曹家村 7 1218 0.624 0.424 0.081 31 何正清 第七片区
213 楠木村 5 965 0.696 0.502 0.059 18 何正清 第七片区
214 白坪村 6 1075 0.546 0.348 0.118 21 何正清 第七片区
215 李岗村 7 1244 0.677 0.484 0.060 26 唐远航 第八片区
216 庙塘村 5 885 0.727 0.543 0.050 19 唐远航 第八片区
217 普乐村 11 1698 0.620 0.431 0.089 39 唐远航 第八片区
"""


def _village(line: str) -> Village:
    code, name, groups, base, first, full, lost, exempt, leader, district = line.split()
    return Village(
        code=STREET[:9] + code,
        name=name,
        groups=int(groups),
        census_base=int(base),
        first_share=float(first),
        full_share=float(full),
        lost_share=float(lost),
        exempt=int(exempt),
        leader=leader,
        district_group=district,
    )


VILLAGES = tuple(_village(line) for line in _ROWS.split("\n") if line)
BY_NAME = {village.name: village for village in VILLAGES}


def kind_of(name: str) -> str:
    return "社区" if name.endswith("社区") else "村"

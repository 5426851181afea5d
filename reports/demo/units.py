"""Invented units of all trades of the plan, and who works, learns or lives there (plan 五(一), 六(二)2)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from reports.demo import names
from reports.demo.people import Person
from reports.demo.street import VILLAGES

_CENTRE = VILLAGES[0].code
# Trade: names of units with about how many staff they have.
_UNITS = """
机关 街道办事处:82 派出所:31 司法所:7 市场监管所:14 税务所:12 自然资源所:9 财政所:8 退役军人服务站:5
企事业单位 农业服务中心:18 文化服务中心:9 社保服务所:11 林业站:8 水利站:7 畜牧兽医站:10 供销社:13 粮站:12
交通运输 客运站:26 顺通货运部:19 江城出租车队:23 渡口管理站:11 村村通公交队:28 长江货运码头:33
仓储 川江物流乌杨站:41 惠民冷库:14 粮油储备库:17 港口仓储部:22
邮政快递 邮政支局:16 速达快递驿站:9 申安快递点:8 乡村邮路班:7 万里快运站:11
福利 儿童福利服务站:6 残疾人托养中心:12
养老 和顺养老院:22 敬老院:18 夕阳红养老服务站:9
殡葬 殡仪服务站:8 长松公墓管理处:6
水电气暖油 水厂:38 供电所:29 燃气服务站:17 加油站:14 江边加油站:9
通讯 电信营业厅:12 移动营业厅:13 联通营业厅:7 广电网络站:8
金融 农商行支行:21 邮储银行网点:12 农业银行网点:15 保险服务部:11
环卫 环卫站:36 清洁服务队:27 垃圾中转站:9
医疗卫生 卫生院:68 朱河社区卫生服务站:11 普乐卫生室:4 将军卫生室:3 文峰卫生室:4 太集卫生室:3
医疗卫生 康民诊所:5 百姓大药房:6 仁心诊所:4
住宿 滨江宾馆:31 江景酒店:24 旺角旅馆:7 平安招待所:6
餐饮 老码头火锅:18 巴香鱼庄:12 好吃来饭店:9 晨光早餐店:5 江边豆花馆:6 宴宾楼:22 乡村坝坝宴服务队:14 外卖配送站:17
批发 粮油批发部:11 建材批发市场:26 水果批发行:9 日用百货批发部:12
零售 农贸市场:63 惠民超市:24 家家乐超市:19 五金店:6 手机卖场:8 农资经营部:9 服装店:5 家电城:14 药材收购站:7
中介 劳务服务所:8 房屋中介所:5 家政服务部:13
制造 兴业建材:97 新型材料厂:84 汽车配件厂:112 榨菜加工厂:46 制鞋厂:71 电子元件厂:88 食品厂:39 木器厂:21 包装厂:28
制造 塑料制品厂:34 农机修造厂:17 服装加工厂:52 酒厂:23 石材加工厂:19
建筑 新区建筑工地一标段:58 新区建筑工地二标段:47 新区建筑工地三标段:66
建筑 宏远建筑队:31 道路养护队:22 装饰工程队:18 安居房项目部:42
采矿 青岭采石场:24 江砂开采队:16
小区物业 滨江花园物业:15 和谐家园物业:12 新区安置房物业:18 朱河广场物业:9
农业 柑橘合作社:21 笋竹合作社:14 生猪养殖场:11 蔬菜基地:17 生态鱼场:8 茶叶合作社:12
教育 初级中学:74 第二初级中学:46 高级中学:58 中心小学:66 朱河小学:39 将军小学:24 普乐小学:21 文峰小学:19
教育 中心幼儿园:26 阳光幼儿园:14 小太阳幼儿园:11
"""
# From and to age (completed years) of a school's students, and the name of its first class.
_SCHOOLS = (
    (("初级中学", "第二初级中学"), 12, 14, 7),
    (("高级中学",), 15, 17, 10),
    (("中心小学", "朱河小学", "将军小学", "普乐小学", "文峰小学"), 6, 11, 1),
    (("中心幼儿园", "阳光幼儿园", "小太阳幼儿园"), 3, 5, 0),
)
_LODGINGS = {"和顺养老院": 34, "敬老院": 41}
_GRADES = (
    "小班",
    "一年级",
    "二年级",
    "三年级",
    "四年级",
    "五年级",
    "六年级",
    "七年级",
    "八年级",
    "九年级",
    "高一",
    "高二",
    "高三",
)


@dataclass(slots=True)
class Unit:
    name: str
    trade: str
    place: str
    contact: str
    phone: str
    staff_count: int


class Units:
    """Makes the units and gives people their memberships; sizes are scaled to the street's."""

    def __init__(self, rng: Random, people: list[Person], phone, scale: float):
        self._rng, self._people, self._phone, self._scale = rng, people, phone, scale
        self._workers = [p for p in people if p.status == "active" and p.residency != "away" and 20 <= p.age() <= 58]
        rng.shuffle(self._workers)
        self.all: list[Unit] = []

    def make(self) -> list[Unit]:
        self._staff_villages()
        for line in _UNITS.split("\n"):
            trade, *rest = line.split() or [""]
            for entry in rest:
                name, _, staff = entry.partition(":")
                self._open(name, trade, int(staff))
        self._fill_schools()
        self._fill_homes()
        self._tag()
        return self.all

    def _open(self, short: str, trade: str, staff: int) -> Unit:
        home = next((v for v in VILLAGES if short.startswith(v.name[:2])), None)
        place = home.code if home else _CENTRE if self._rng.random() < 0.6 else self._rng.choice(VILLAGES).code
        count = max(1, round(staff * self._scale))
        unit = self._add(short if home or short.startswith("川江") else f"乌杨{short}", trade, place, count)
        self._employ(unit, count)
        return unit

    def _add(self, name: str, trade: str, place: str, staff_count: int) -> Unit:
        contact = names.full_name(self._rng, self._rng.choice("MF"), 1980)
        unit = Unit(name, trade, place, contact, self._phone(), staff_count)
        self.all.append(unit)
        return unit

    def _employ(self, unit: Unit, count: int) -> None:
        for _ in range(min(count, len(self._workers))):
            worker = self._workers.pop()
            worker.unit = unit.name
            worker.membership = "temporary" if self._rng.random() < 0.12 else "staff"

    def _staff_villages(self) -> None:
        """Village cadres and group heads: members of their village's committee, tagged 村组干部."""
        by_village: dict[str, list[Person]] = {village.code: [] for village in VILLAGES}
        for person in self._workers:
            if person.residency == "local" and person.age() >= 28:
                by_village[person.village].append(person)
        chosen: set[int] = set()
        for village in VILLAGES:
            cadres = by_village[village.code][: max(2, round((village.groups + 5) * min(1, self._scale)))]
            form = "居民委员会" if village.name.endswith("社区") else "村民委员会"
            unit = self._add(f"{village.name}{form}", "机关", village.code, len(cadres))
            for person in cadres:
                person.unit, person.membership = unit.name, "staff"
                person.tags.append("村组干部")
                chosen.add(id(person))
        self._workers = [person for person in self._workers if id(person) not in chosen]

    def _fill_schools(self) -> None:
        pupils = [p for p in self._people if p.status == "active" and p.residency in ("local", "incoming")]
        for schools, low, high, first_grade in _SCHOOLS:
            for person in pupils:
                # Grades follow the age on 1 September; one in twenty-five learns elsewhere.
                if low <= person.age() <= high and self._rng.random() > 0.04:
                    grade = _GRADES[first_grade + (person.age() - low if first_grade else 0)]
                    person.unit = (
                        f"乌杨{self._rng.choice(schools)}" if first_grade not in (1,) else self._primary(person)
                    )
                    person.membership = "student"
                    person.class_name = f"{grade}{self._rng.randint(1, 6 if low >= 12 else 4)}班"

    def _primary(self, person: Person) -> str:
        village = next(v for v in VILLAGES if v.code == person.village)
        own = f"{village.name[:2]}小学"
        return own if any(unit.name == own for unit in self.all) else "乌杨中心小学"

    def _fill_homes(self) -> None:
        old = [p for p in self._people if p.is_permanent and p.age() >= 72 and not p.unit]
        self._rng.shuffle(old)
        for short, count in _LODGINGS.items():
            unit = next(u for u in self.all if u.name.endswith(short))
            for _ in range(min(round(count * self._scale), len(old))):
                person = old.pop()
                person.unit, person.membership = unit.name, "lodger"

    def _tag(self) -> None:
        adults = [p for p in self._people if p.is_permanent and p.age() >= 18]
        for person in adults:
            if self._rng.random() < (0.6 if "村组干部" in person.tags else 0.055):
                person.tags.append("党员")
        young = [p for p in adults if p.age() <= 45 and not p.unit]
        for person in self._rng.sample(young, min(len(young), max(3, round(23 * self._scale)))):
            person.tags.append("出国")

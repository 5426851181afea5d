"""The columns of each kind of roster, declared once (interfaces, Rosters; domain 5.2).

What a Django developer expects of django-import-export: a Resource per kind, a field per column
with its heading and its widget. The bulk reader takes field names, headings and cleaning from
here; templates for senders and downloads take the headings.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource

from ledgers.rosters import widgets as w
from ledgers.rosters.vocabulary import ReadingContext

SEXES = {"M": "男 男性 1 M MALE", "F": "女 女性 2 F FEMALE"}
RESIDENCIES = {
    "local": "户籍常住 常住 本地 在家 本地常住 常住户籍 户籍 本村 常驻 是",
    "incoming": "外来常住 流入 租户 租住 外来 外来务工",
    "away": "户籍外出 外出 外出务工 流出 在外 空挂 空挂户",
    "transient": "流动 暂住 临时",
    "unknown": "类型未定 未知 不详",
}
STATUSES = {
    "active": "在册 正常 在籍 健在",
    "moved_out": "迁出 已迁出 户口迁出",
    "deceased": "死亡 已故 已死亡 去世 已去世 死亡注销 亡故",
    "outside": "非本辖区 不在本辖区 非辖区",
}
MEMBER_KINDS = {
    "staff": "职工 正式职工 在职 在编 正式 员工 教师 教职工",
    "temporary": "临聘 临聘人员 临时工 聘用 合同工 劳务派遣",
    "student": "学生 在校学生",
    "lodger": "入住人员 入住 入住老人 住户",
}
EXEMPTION_KINDS = {
    "contraindication": "禁忌 长期禁忌 禁忌症 永久禁忌",
    "deferral": "缓种 暂缓 暂缓接种 缓期 推迟",
}
DECISIONS = {
    "yes": "通过 已通过 审核通过 同意 合格",
    "no": "不通过 未通过 待审核 审核中 退回 已退回 不同意 未审核 待审",
}
LEVELS = {
    "3": "三级 三甲 三乙 三级甲等 三级乙等 三级医院 3级 3",
    "2": "二级 二甲 二乙 二级甲等 二级乙等 二级医院 2级 2 二级及以上 二级以上",
    "1": "一级 一甲 一乙 一级甲等 一级医院 1级 1 未定级 乡镇 基层",
}

DOSE_COLUMNS = (1, 2, 3)
# The hidden column of our own ledgers, by which a row sent back is known again.
ROW_KEY_HEADING = "行标识（勿删勿改）"
# What tells who is meant and where they live: all that is read of a list handed down.
IDENTIFYING = frozenset(
    [
        "serial", "name", "document_kind", "document", "sex", "birth_on", "village", "village_code", "group", "phone",
        "phone_self", "phone_family", "address", "registered_address",
    ]
)  # fmt: skip


class Column(Field):
    """A field with the other headings that senders give it; the first is the one we write."""

    def __init__(self, headings: str, widget: w.CellWidget, attribute: str | None = None):
        self.headings = headings.split()
        super().__init__(attribute=attribute, column_name=self.headings[0], widget=widget)


class RosterResource(Resource):
    """A kind of roster: its columns, and the headings without which a sheet is not of this kind."""

    kind = ""
    # Each inner tuple: one of these fields must be there.
    needs: tuple[tuple[str, ...], ...] = ()

    def __init__(self, context: ReadingContext | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.context = context or ReadingContext(today=date.max, first_use_on=date.min)
        for field in self.fields.values():
            field.widget.bind(self.context)

    @classmethod
    def headings(cls) -> dict[str, list[str]]:
        """Return field → its headings."""
        return {name: field.headings for name, field in cls.fields.items()}


class PersonResource(RosterResource):
    """What every roster of people may say of them."""

    serial = Column("序号 编号 NO NO. 序", w.TextWidget())
    name = Column(
        "姓名 接种人姓名 受种者姓名 接种人员姓名 人员姓名 学生姓名 受种人姓名 接种者姓名 居民姓名",
        w.NameWidget(),
        "name",
    )
    document_kind = Column("证件类型 证件种类 身份证件类别 证件类别", w.TextWidget(40))
    document = Column(
        "证件号码 身份证号码 身份证号 身份证 公民身份号码 证件号 有效证件号码 身份证件号码 公民身份证号码 公民身份证号 "
        "居民身份证号码 居民身份证号 有效证件号 身份号码 有效身份证件号码",
        w.DocumentWidget(),
        "document",
    )
    sex = Column("性别", w.ChoiceWidget(SEXES), "sex")
    age = Column("年龄 周岁 年龄周岁", w.TextWidget())
    birth_on = Column("出生日期 出生年月 生日 出生时间 出生年月日", w.DateWidget(), "birth_on")
    household = Column("户号 户编号 家庭编号", w.TextWidget(40), "household")
    head = Column("户主姓名 户主", w.TextWidget(60), "head")
    relation = Column("与户主关系 关系 户主关系", w.TextWidget(20), "relation")
    village = Column(
        "村（社区） 村 村居 现住村（社区） 所属村（社区） 所属村 社区 行政村 所在村社 村社区 所属村社区 所在村（社区） "
        "所在村 村/社区 村（居） 所在村居 所属村居 现住村居 村居委 村（居）委会 村（居）名称 "
        "所属社区 所在社区 现住村 责任村 村（社区）名称 村社 居住村（社区） 村名",
        w.TextWidget(60),
        "village",
    )
    village_code = Column("村（社区）代码 村代码 社区代码 区划代码 统计用区划代码", w.TextWidget(20))
    registered_village = Column(
        "户籍村 户籍村（社区） 户籍所在村 户籍所在村（社区）", w.TextWidget(60), "registered_village"
    )
    group = Column(
        "组/社 组 社 村民小组 组（社） 小组 所在组 居民小组 组社 组别 村（居）民小组", w.TextWidget(60), "group"
    )
    grid = Column("网格 所属网格 网格名称", w.TextWidget(60))
    residency = Column(
        "人口类型 人员性质 是否常住 常住/流动 户籍类型 在家/外出 居住类型 人口性质 常住类型",
        w.ChoiceWidget(RESIDENCIES, "residency_unknown", "unknown"),
        "residency",
    )
    phone = Column("联系电话 手机号 手机号码 电话 联系方式 移动电话 电话号码 手机 联系号码", w.PhoneWidget(), "phones")
    phone_self = Column("本人电话 本人联系电话 本人手机 本人手机号", w.PhoneWidget("self"))
    phone_family = Column("家属电话 家属联系电话 亲属电话", w.PhoneWidget("family"))
    phone_guardian = Column(
        "监护人电话 家长电话 监护人联系电话 家长联系电话 监护人手机 家长手机号", w.PhoneWidget("guardian")
    )
    guardian = Column("监护人 监护人姓名 家长姓名", w.TextWidget(60), "guardian")
    address = Column(
        "现住址 家庭住址 现居住地 居住地址 常住地址 住址 现居住地址 家庭地址 地址",
        w.TextWidget(repeats=False),
        "address",
    )
    house_number = Column("门牌号", w.TextWidget(60))
    registered_address = Column(
        "户籍地址 户籍地 户口所在地 户籍所在地", w.TextWidget(repeats=False), "registered_address"
    )
    unit = Column("工作单位 单位 所在单位 就业单位 单位名称", w.TextWidget(120), "unit")
    school = Column("就读学校 学校 学校名称 所在学校", w.TextWidget(120), "school")
    class_name = Column("班级 年级班级 所在班级", w.TextWidget(40), "class_name")
    member_kind = Column("人员类别", w.ChoiceWidget(MEMBER_KINDS), "member_kind")
    tags = Column("标签", w.TagsWidget(), "tags")
    status = Column("状态 人员状态 在册状态", w.ChoiceWidget(STATUSES), "status")
    status_on = Column("变动日期 变动时间 迁出日期 死亡日期", w.DateWidget(), "status_on")
    reason = Column(
        "未接种原因 未种原因 不能接种原因 不宜接种原因 禁忌症 情况说明 原因 未接种的原因",
        w.TextWidget(repeats=False),
        "reason",
    )
    promised_on = Column(
        "预计接种时间 拟接种时间 承诺时间 下针时间 应种时间 计划接种时间 约定接种日 预计接种日期",
        w.PromiseWidget(),
        "promised_on",
    )
    caretaker = Column("包保人 包保责任人", w.TextWidget(60), "caretaker")
    remarks = Column("备注 说明 其他", w.TextWidget(500, repeats=False), "remarks")


class ResidentsResource(PersonResource):
    kind = "residents"
    needs = (("name",), ("document", "birth_on"))


class DoseResource(PersonResource):
    """What belongs to every dose of the row, and the words for the parts of a dose."""

    product = Column("疫苗名称 疫苗 疫苗种类 疫苗类型 疫苗品种 接种疫苗 疫苗/生产企业 接种疫苗名称", w.TextWidget(120))
    maker = Column(
        "生产企业 疫苗生产企业 生产厂家 疫苗厂家 厂家 疫苗生产厂家 厂商 生产厂商 疫苗生产厂商 疫苗企业 生产单位",
        w.TextWidget(120),
    )
    lot = Column("批号 疫苗批号 接种批号 疫苗批次 批次 生产批号", w.TextWidget(60))
    site = Column("接种单位 接种点 接种地点 接种门诊 接种机构 接种点名称", w.TextWidget(120))


class DosesLongResource(DoseResource):
    kind = "doses_long"
    needs = (("name",), ("document",), ("given_on",))
    given_on = Column("接种日期 接种时间 实际接种时间 实际接种日期 接种年月日", w.DoseDateWidget())
    number = Column("剂次 接种剂次 针次 接种针次 第几针 第几剂 剂次号 针次/剂次", w.DoseNumberWidget())


class DosesWideResource(DoseResource):
    """Up to three doses side by side; headings carry the number of the dose (第一剂接种日期)."""

    kind = "doses_wide"
    needs = (("name",), ("document",), tuple(f"dose{k}_given_on" for k in DOSE_COLUMNS))
    dose1_given_on = Column("第一剂接种日期", w.DoseDateWidget())
    dose1_product = Column("第一剂疫苗名称", w.TextWidget(120))
    dose1_maker = Column("第一剂生产企业", w.TextWidget(120))
    dose1_lot = Column("第一剂批号", w.TextWidget(60))
    dose1_site = Column("第一剂接种单位", w.TextWidget(120))
    dose2_given_on = Column("第二剂接种日期", w.DoseDateWidget())
    dose2_product = Column("第二剂疫苗名称", w.TextWidget(120))
    dose2_maker = Column("第二剂生产企业", w.TextWidget(120))
    dose2_lot = Column("第二剂批号", w.TextWidget(60))
    dose2_site = Column("第二剂接种单位", w.TextWidget(120))
    dose3_given_on = Column("第三剂接种日期", w.DoseDateWidget())
    dose3_product = Column("第三剂疫苗名称", w.TextWidget(120))
    dose3_maker = Column("第三剂生产企业", w.TextWidget(120))
    dose3_lot = Column("第三剂批号", w.TextWidget(60))
    dose3_site = Column("第三剂接种单位", w.TextWidget(120))


class ExemptionsResource(PersonResource):
    kind = "exemptions"
    needs = (("name",), ("document",), ("exemption_reason",))
    exemption_reason = Column("原因 禁忌原因 缓种原因 禁忌缓种原因 禁忌/缓种原因", w.GroundWidget())
    exemption_kind = Column(
        "类型 禁忌/缓种 是否禁忌/缓种 禁忌缓种类型 禁忌类型 类别 禁忌或缓种", w.ChoiceWidget(EXEMPTION_KINDS)
    )
    institution = Column("诊断机构 证明医院 诊断医院 医疗机构 诊断医疗机构 出具机构 医院", w.TextWidget(120))
    level = Column("机构等级 医院等级 机构级别 医院级别 等级 级别", w.ChoiceWidget(LEVELS))
    start_on = Column("诊断日期 诊断时间 证明日期 开具日期", w.PastDateWidget())
    end_on = Column("缓种至 缓种截止日期 缓种截止 缓种到期日 缓种期限", w.DateWidget())
    approved = Column("审核结果 审核 审核状态 审核情况", w.ChoiceWidget(DECISIONS))


class VillagesResource(RosterResource):
    kind = "villages"
    needs = (("code",), ("name",))
    serial = Column("序号 编号 NO NO. 序", w.TextWidget())
    code = Column(
        "代码 村（社区）代码 村代码 社区代码 区划代码 统计用区划代码 行政区划代码 12位代码 编码", w.PlaceCodeWidget()
    )
    name = Column("名称 村（社区）名称 村名 村（社区） 村居名称 社区名称 村居 村社区 村名称", w.TextWidget(60), "name")
    place_kind = Column("类型 类别", w.TextWidget(20))
    # The plan names the heading; this one stands where it names none.
    census_base = Column("七普12岁及以上常住人口", w.NumberWidget())
    goal = Column("目标任务数 任务数 目标数", w.NumberWidget())
    linked_leader = Column("联村领导 联系领导", w.TextWidget(60))
    district_group = Column("片区 所属片区", w.TextWidget(60))
    contact_phone = Column("联系电话 电话", w.TextWidget(40))


class UnitsResource(RosterResource):
    kind = "units"
    needs = (("name",),)
    serial = Column("序号 编号 NO NO. 序", w.TextWidget())
    name = Column("单位名称 单位全称", w.TextWidget(120), "name")
    trade = Column("行业类别 行业 所属行业", w.TextWidget(60))
    village = Column(
        "所在村社区 所在村（社区） 村（社区） 所属村（社区） 村 村居 社区 所在村社 所在村 所属村社区", w.TextWidget(60)
    )
    department = Column("主管部门 行业主管部门 主管单位", w.TextWidget(60))
    contact = Column("负责人/联系人 联系人 负责人 单位负责人 单位联系人", w.TextWidget(60))
    contact_phone = Column("联系电话 电话 手机号 手机号码 联系方式", w.TextWidget(40))
    staff_count = Column("职工人数 职工数 人数 员工人数", w.NumberWidget())


RESOURCES: dict[str, type[RosterResource]] = {
    resource.kind: resource
    for resource in (
        VillagesResource,
        UnitsResource,
        ResidentsResource,
        DosesWideResource,
        DosesLongResource,
        ExemptionsResource,
    )
}


class ChecklistResource(PersonResource):
    """A list handed down: who is meant, and nothing of what else it says (any other columns)."""

    kind = "checklist"
    needs = (("name",), ("document", "phone", "phone_self", "birth_on"))


ChecklistResource.fields = {name: field for name, field in PersonResource.fields.items() if name in IDENTIFYING}


class FollowupResource(PersonResource):
    """台账二, 台账三 as we handed them out, filled in by a village (reports.exports.layouts)."""

    kind = "followup"
    needs = (("name",), ("row_key", "document"))
    row_key = Column(ROW_KEY_HEADING, w.TextWidget(100, repeats=False), "row_key")
    efforts = Column("动员情况", w.TextWidget(200, repeats=False), "efforts")
    exemption_word = Column("是否禁忌/缓种", w.TextWidget(20), "exemption_word")
    phone = Column("联系电话", w.OwnPhoneWidget(), "phones")


# Lists that come back. Their headings are not looked for among those of rosters: but for the row key,
# which nobody else writes, such a list looks like a roster of residents.
LISTS: dict[str, type[RosterResource]] = {resource.kind: resource for resource in (ChecklistResource, FollowupResource)}


def resource_of(kind: str) -> type[RosterResource]:
    """Return the columns of a kind, of rosters or of lists that come back."""
    return RESOURCES.get(kind) or LISTS[kind]

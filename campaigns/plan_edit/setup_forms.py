"""The form with which a campaign begins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from campaigns.models import Campaign
from campaigns.plan_edit.fields import SHORT, ShareField, day, number, text
from campaigns.plan_edit.making import Basics, days_after, usual_key
from registry.models import Place

SELECT = forms.Select(attrs={"class": "input"})


class NewCampaignForm(forms.Form):
    copy_from = forms.ChoiceField(
        label="从哪里开始", required=False, widget=SELECT,
        help_text="照着已有的建，疫苗、医疗机构、重点人群和阶段任务都带过来，日期按新的开始日顺移。",
    )  # fmt: skip
    name = text("名称", "例如 乌杨街道2026年老年人流感疫苗接种。", most=120)
    place = forms.ChoiceField(label="地区", widget=SELECT)
    vaccine = text("疫苗种类", "从空白开始时填，例如 流感；下一步再写具体的疫苗和间隔。", most=40, required=False)
    start_on = day("开始日")
    end_on = day("结束日")
    min_age = number("最低年龄（周岁）", "满这个年龄的人是接种对象。", most=120)
    goal_rate = ShareField("目标接种率")
    judged_by = forms.ChoiceField(
        label="考核口径", choices=Campaign.JudgedBy.choices, widget=SELECT, help_text="两个接种率都显示，考核看这一个。"
    )
    key = forms.SlugField(
        label="标识", required=False, max_length=60, widget=SHORT,
        help_text="命令和网址里用，只能有英文字母、数字和短横线；空着自动取。",
        error_messages={"invalid": "只能有英文字母、数字和短横线。"},
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[Place], campaigns: list[Campaign], today: date, **others: Any):
        initial = {
            "place": places[0].code, "start_on": today, "end_on": days_after(today), "goal_rate": Decimal("0.9"),
            "judged_by": Campaign.JudgedBy.FULL,
        }  # fmt: skip
        super().__init__(*args, initial=initial, **others)
        self._places = {place.code: place for place in places}
        self._campaigns = {campaign.key: campaign for campaign in campaigns}
        self.fields["place"].choices = [(code, place.name) for code, place in self._places.items()]
        copies = [(key, f"照着 {campaign.name}") for key, campaign in self._campaigns.items()]
        self.fields["copy_from"].choices = [("", "从空白开始"), *copies]
        if len(places) == 1:
            self.fields["place"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("copy_from") and not values.get("vaccine"):
            self.add_error("vaccine", "写一下打哪种疫苗，例如 流感。")
        start, end = values.get("start_on"), values.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", "结束日不能早于开始日。")
        return values

    def source(self) -> Campaign | None:
        return self._campaigns.get(self.cleaned_data["copy_from"])

    def basics(self) -> Basics:
        values = self.cleaned_data
        names = ("name", "start_on", "end_on", "min_age", "goal_rate", "judged_by", "vaccine")
        key = values["key"] or usual_key(values["start_on"])
        return Basics(key=key, place=self._places[values["place"]], **{name: values[name] for name in names})

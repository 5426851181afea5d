"""Forms of the person's page: input into domain types, each error one Chinese sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from campaigns.models import Campaign, Institution, Product
from ledgers.corrections import DoseFacts
from ledgers.models import Exemption
from registry.forms import InputMixin
from registry.identity import InvalidNumber, clean_number, read_number
from registry.masking import hide_numbers
from registry.models import Place, Residency, Resident, Sex, Source, Status
from registry.phones import read_phones

_DAY = {"type": "date"}
# What may hold a number that somebody wrote there.
FREE_TEXTS = ("address", "registered_address", "remarks")
_GONE = (Status.MOVED_OUT, Status.DECEASED)


class CorrectionForm(InputMixin, forms.Form):
    """更正资料: everything comes filled in; what is left alone stays."""

    name = forms.CharField(label="姓名", max_length=60)
    sex = forms.ChoiceField(label="性别", choices=[("", "未登记"), *Sex.choices], required=False)
    place_id = forms.ChoiceField(label="村组")
    residency = forms.ChoiceField(label="人口类型", choices=Residency.choices)
    status = forms.ChoiceField(label="状态", choices=Status.choices)
    status_on = forms.DateField(label="变动日期", required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    phones = forms.CharField(
        label="新的联系电话", required=False, max_length=120, help_text="几个号码用空格隔开；已登记的不用再写。"
    )
    # Known phones by their last four digits: the form is no way to read them in full (access.md).
    gone_phones = forms.MultipleChoiceField(
        label="不再使用的电话",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="已登记的号码，按后四位认。",
    )
    address = forms.CharField(label="现住址", required=False, max_length=200)
    registered_address = forms.CharField(label="户籍地址", required=False, max_length=200)
    relation = forms.CharField(label="与户主关系", required=False, max_length=20)
    guardian = forms.CharField(label="监护人", required=False, max_length=60)
    caretaker = forms.CharField(label="包保人", required=False, max_length=60)
    remarks = forms.CharField(label="备注", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label="为什么更正", max_length=100, help_text="会记在这个人的经过里。")
    # Shown once the form says that somebody died: a death is asked twice.
    sure = forms.BooleanField(label="再确认一次：这个人已经去世", required=False)

    def __init__(self, *args: Any, places: QuerySet[Place], resident: Resident, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self._resident = today, resident
        self._phones = list(resident.phones.order_by("pk").values_list("pk", "number", "whose"))
        self.fields["gone_phones"].choices = [(str(pk), f"****{number[-4:]}") for pk, number, _ in self._phones]
        if not self._phones:
            del self.fields["gone_phones"]
        if not self.is_bound or self.data.get("status") != Status.DECEASED or resident.status == Status.DECEASED:
            del self.fields["sure"]
        named = {place.code: place.name for place in places}
        named.setdefault(resident.place_id, resident.place.name)
        self.fields["place_id"].choices = [(code, _full_name(code, named)) for code in sorted(named)]

    def clean_phones(self) -> tuple[tuple[str, str], ...]:
        text = self.cleaned_data["phones"]
        phones, understood = read_phones(text) if text else ((), True)
        if not understood:
            raise forms.ValidationError("有号码看不懂，手机写11位，座机带区号，几个号码用空格隔开。")
        return phones

    def clean(self) -> dict[str, Any]:
        """Who has moved out or died has the day of it; nobody else has one (rules 1)."""
        data = super().clean()
        gone = data.get("status") in _GONE
        if gone and not data.get("status_on"):
            self.add_error("status_on", "写明哪一天迁出或去世，从那天起不在三本台账里。")
        if gone and data.get("status_on") and data["status_on"] > self.today:
            self.add_error("status_on", "日期在今天以后，到时候再登记。")
        if not gone:
            data["status_on"] = None
        dies = data.get("status") == Status.DECEASED and self._resident.status != Status.DECEASED
        if dies and not data.get("sure") and not self.errors:
            self.add_error(
                "sure", f"登记{self._resident.name}去世以后，三本台账里就没有这个人了。确实去世就打勾，再保存一次。"
            )
        return data

    def changes(self) -> dict[str, Any]:
        kept_apart = ("phones", "gone_phones", "reason", "sure")
        values = {name: value for name, value in self.cleaned_data.items() if name not in kept_apart}
        # What was shown with its numbers hidden and comes back so was left alone.
        known = {name: getattr(self._resident, name) for name in FREE_TEXTS}
        return values | {name: text for name, text in known.items() if values[name] == hide_numbers(text)}

    def remaining_phones(self) -> tuple[tuple[str, str], ...]:
        """Return all phones that shall remain: the known ones not struck out, then the new ones."""
        gone = self.cleaned_data.get("gone_phones", ())
        known = {number: whose for pk, number, whose in self._phones if str(pk) not in gone}
        return tuple((known | dict(self.cleaned_data["phones"])).items())


def _full_name(code: str, named: dict[str, str]) -> str:
    if len(code) == Place.Level.GROUP:
        return f"{named.get(code[:12], '')} {named[code]}".strip()
    return "待归类" if code[9:12] == "000" else named[code]


class DoseForm(InputMixin, forms.Form):
    """补录 or 更正接种记录."""

    given_on = forms.DateField(label="接种日期", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    product = forms.ModelChoiceField(
        label="疫苗", queryset=Product.objects.none(), required=False, empty_label="疫苗不明"
    )
    stated_number = forms.IntegerField(label="第几针", required=False, min_value=1, max_value=9)
    lot = forms.CharField(label="批号", required=False, max_length=60)
    site = forms.CharField(label="接种单位", required=False, max_length=120)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.filter(platform__campaign=campaign).select_related("platform")
        self.fields["product"].queryset = products.order_by("platform__position", "pk")

    def facts(self) -> DoseFacts:
        data = self.cleaned_data
        return DoseFacts(data["given_on"], data["product"], data["stated_number"], data["lot"], data["site"])


class NewDoseForm(DoseForm):
    # Word of mouth proves nothing, and the clinic's own doses come from its system (access.md).
    source = forms.ChoiceField(
        label="看到的凭证", choices=[(s.value, s.label) for s in (Source.CERTIFICATE, Source.HEALTH_CODE)]
    )


class CorrectedDoseForm(DoseForm):
    reason = forms.CharField(label="为什么更正", max_length=100, help_text="会记在这个人的经过里。")


class ReasonForm(InputMixin, forms.Form):
    reason = forms.CharField(label="为什么", max_length=100)


class ExemptionForm(InputMixin, forms.Form):
    """禁忌缓种申请: disease and allergy need a certificate of level two or above (plan 六(二)1)."""

    kind = forms.ChoiceField(label="类型", choices=Exemption.Kind.choices)
    reason = forms.ChoiceField(label="原因", choices=Exemption.Ground.choices)
    start_on = forms.DateField(label="诊断日期", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    end_on = forms.DateField(
        label="缓种至",
        required=False,
        # Asked for with 缓种 alone (evidence.js); without scripts it stands there always.
        widget=forms.DateInput(attrs=_DAY | {"data-with": "kind=deferral"}, format="%Y-%m-%d"),
        help_text="缓种必填，含这一天。",
    )
    institution = forms.ModelChoiceField(
        label="诊断机构", queryset=Institution.objects.none(), required=False, empty_label="没有诊断证明"
    )
    diagnosis = forms.CharField(label="诊断", required=False, max_length=200, help_text="只有审核人和申请人看得到。")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = Institution.objects.filter(campaign=campaign).order_by("name")


class LookupForm(InputMixin, forms.Form):
    number = forms.CharField(
        label="完整证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="一次查一个人，查过什么号码会记入操作日志。",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> str:
        text = clean_number(self.cleaned_data["number"])
        if not text[:15].isdigit():
            return text
        try:
            return read_number(text, today=self.today).number
        except InvalidNumber as error:
            raise forms.ValidationError(error.sentence) from error

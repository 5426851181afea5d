"""What forms share, and those of the own account and of 账号管理: each error is one Chinese sentence."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

from registry.access import places_given_by, roles_given_by
from registry.models import Department, Place, Role, RoleGrant, Unit, User
from registry.words import ACTIONS, REVEAL_REASONS

# The field that holds a role's scope; auditors and sysadmins have none.
SCOPE_OF = {
    Role.CADRE: "place",
    Role.CLINIC: "place",
    Role.STAFF: "place",
    Role.LEADER: "place",
    Role.UNIT: "unit",
    Role.DEPARTMENT: "department",
}


_OWN_LOOK = forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect | forms.HiddenInput


class InputMixin:
    """Give every widget the look of the design; checkboxes and radios keep their own."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, _OWN_LOOK):
                field.widget.attrs.setdefault("class", "input")


class DaysField(forms.IntegerField):
    """A number of days from 1 to `most`; `then` says what to do for more, such as 到期再发."""

    def __init__(self, *, most: int, then: str, **said: object) -> None:
        messages = {
            "required": "写明几天。",
            "invalid": "天数写整数。",
            "min_value": "最少 1 天。",
            "max_value": f"最多 {most} 天，{then}。",
        }
        super().__init__(min_value=1, max_value=most, error_messages=messages, **said)


class LoginForm(InputMixin, AuthenticationForm):
    """The same words for an unknown account, a wrong password and a disabled account."""

    error_messages = {
        "invalid_login": "手机号、账号或密码不对。看一下大小写和输入法，再试一次。",
        "inactive": "手机号、账号或密码不对。看一下大小写和输入法，再试一次。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "手机号或账号"
        self.fields["username"].error_messages["required"] = "填上手机号或账号。"
        self.fields["password"].label = "密码或登录码"
        self.fields["password"].error_messages["required"] = "填上密码。"


class NewPasswordForm(InputMixin, SetPasswordForm):
    """A first password of one's own, after a login by code."""

    error_messages = {"password_mismatch": "两次输入的新密码不一样。"}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 8 位，不要全是数字，不要与账号、姓名相近。"
        self.fields["new_password2"].label = "再输一次新密码"
        self.fields["new_password2"].help_text = ""


class PasswordForm(NewPasswordForm, PasswordChangeForm):
    error_messages = {**NewPasswordForm.error_messages, "password_incorrect": "原密码不对，再输一次。"}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"


class AccountForm(InputMixin, forms.ModelForm):
    """Who the person is; roles and scopes are given apart."""

    class Meta:
        model = User
        fields = ("username", "name", "phone", "work_line")
        labels = {"username": "账号", "work_line": "工作线"}
        help_texts = {"username": "登录用，字母或数字，定了最好不改"}
        error_messages = {
            "username": {"unique": "这个账号名有人用了，换一个。", "invalid": "账号只用字母、数字和 @ . + - _。"}
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["phone"].help_text = "手机号可以用来登录，一个号码只配一个账号"
        self.fields["work_line"].choices = [("", "不分工作线"), *User.WorkLine.choices]

    def clean_phone(self) -> str:
        """A phone number logs in, so it belongs to one open account."""
        phone = "".join(self.cleaned_data["phone"].split())
        if phone and User.objects.filter(phone=phone, is_active=True).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("这个手机号已经配给别的账号，换一个，或先停用那个账号。")
        return phone


class GrantForm(InputMixin, forms.ModelForm):
    """A role with the scope that belongs to it, chosen among what `giver` may give."""

    class Meta:
        model = RoleGrant
        fields = ("role", "place", "unit", "department", "may_approve", "may_give_codes")
        labels = {"place": "范围（地方）", "unit": "单位", "department": "部门、科室"}
        help_texts = {
            "place": "村社干部选村，网格员选组；卫生院、专班、领导选街道",
            "may_approve": "专业技术线，可以审核禁忌缓种",
            "may_give_codes": "村（社区）文书，可以给本村的干部发登录码",
        }

    def __init__(self, *args: object, giver: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        given, prefixes = roles_given_by(giver), places_given_by(giver)
        self.fields["role"].choices = [("", "选一个角色"), *((r, Role(r).label) for r in Role if r in given)]
        self.fields["place"].queryset = Place.objects.within_any(prefixes)
        self.fields["place"].label_from_instance = _indented
        self.fields["unit"].queryset = Unit.objects.within_any(prefixes).order_by("name")
        self.fields["department"].queryset = Department.objects.order_by("name")
        for name, empty in (("place", "选一个地方"), ("unit", "选一个单位"), ("department", "选一个部门")):
            self.fields[name].empty_label = empty

    def clean(self) -> dict[str, object]:
        """Keep only the scope that belongs to the role, and ask for it where it is missing."""
        data = super().clean()
        needed = SCOPE_OF.get(data.get("role", ""))
        for name in ("place", "unit", "department"):
            if name != needed:
                data[name] = None
            elif data.get(name) is None and name not in self.errors:
                self.add_error(name, "这个角色要选定范围。")
        if data.get("role") != Role.CLINIC:
            data["may_approve"] = False
        if data.get("role") != Role.CADRE:
            data["may_give_codes"] = False
        return data


def _indented(place: Place) -> str:
    depth = {Place.Level.VILLAGE: 1, Place.Level.GROUP: 2}.get(place.level, 0)
    return "\u3000" * depth + place.name


class RevealForm(forms.Form):
    """What of a person is to be seen in full, and why (access.md)."""

    what = forms.ChoiceField(choices=[("number", "证件号"), ("phone", "电话")])
    reason = forms.ChoiceField(
        label="理由", choices=REVEAL_REASONS, widget=forms.RadioSelect, error_messages={"required": "选一个理由。"}
    )


class TrailForm(InputMixin, forms.Form):
    """Filters of the trail: day, account, action."""

    day = forms.DateField(label="哪天", required=False, widget=forms.DateInput({"type": "date"}))
    user = forms.CharField(label="谁", required=False, max_length=60)
    action = forms.ChoiceField(label="做了什么", required=False, choices=[("", "全部"), *ACTIONS.items()])

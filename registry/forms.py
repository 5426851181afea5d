"""Forms of the own account and of 账号管理: input into domain types, each error one Chinese sentence."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


class InputMixin:
    """Give every widget the look of the design; checkboxes and radios keep their own."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "input")


class LoginForm(InputMixin, AuthenticationForm):
    """The same words for an unknown account, a wrong password and a disabled account."""

    error_messages = {
        "invalid_login": "账号或密码不对。看一下大小写和输入法，再试一次。",
        "inactive": "账号或密码不对。看一下大小写和输入法，再试一次。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["username"].error_messages["required"] = "填上账号。"
        self.fields["password"].label = "密码"
        self.fields["password"].error_messages["required"] = "填上密码。"


class PasswordForm(InputMixin, PasswordChangeForm):
    error_messages = {
        "password_incorrect": "原密码不对，再输一次。",
        "password_mismatch": "两次输入的新密码不一样。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 8 位，不要全是数字，不要与账号、姓名相近。"
        self.fields["new_password2"].label = "再输一次新密码"
        self.fields["new_password2"].help_text = ""

"""Forms of the plan's pages."""

from django import forms

DAY = forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why something is done; kept with who and when."""

    reason = forms.CharField(
        label="为什么",
        help_text="例如上级文件名称、会议决定；和办理人、时间一起留在改动记录里。",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "写明为什么，例如上级文件名称。", "max_length": "最多 200 个字。"},
    )


class PhaseDatesForm(forms.Form):
    start_on = forms.DateField(
        label="开始日",
        widget=DAY,
        error_messages={"required": "选一个开始日。", "invalid": "日期写成 2021-08-31 这样。"},
    )
    deadline_on = forms.DateField(
        label="截止日",
        widget=DAY,
        error_messages={"required": "选一个截止日。", "invalid": "日期写成 2021-08-31 这样。"},
    )
    reason = forms.CharField(
        label="为什么改",
        help_text="例如上级文件名称、会议决定；会和原来的日期一起留在下面的记录里。",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "写明为什么改，例如上级文件名称。", "max_length": "最多 200 个字。"},
    )

    def clean(self) -> dict:
        values = super().clean()
        start, deadline = values.get("start_on"), values.get("deadline_on")
        if start and deadline and deadline < start:
            self.add_error("deadline_on", "截止日不能早于开始日。")
        return values


def _count(label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=10_000_000,
        widget=forms.NumberInput(attrs={"class": "input short", "inputmode": "numeric"}),
        error_messages={
            "invalid": "写一个整数，例如 1832。",
            "min_value": "不能小于 0。",
            "max_value": "这个数太大，检查是否多写了几位。",
        },
    )


class TargetForm(forms.Form):
    census_base = _count("普查常住人口", "第七次人口普查的数，由上级下达；空着表示还没有。")
    goal = _count("目标任务数", "上级另行下达任务数时才填；空着就按比例计算。")
    reason = forms.CharField(
        label="为什么改",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "写明为什么改，例如上级文件名称。", "max_length": "最多 200 个字。"},
    )


class WholeTargetForm(TargetForm):
    """The whole place's base is the sum of its villages, so only its assigned number can be set."""

    census_base = None

"""Forms of the roster pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from ledgers.models import RosterImport
from ledgers.rosters.resources import LISTS, RESOURCES
from registry.models import Place, Source

SELECT = {"class": "input"}
DOSES = ("doses_wide", "doses_long")


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    """One or more files, and what to make of them; left alone, everything is recognised."""

    kind = forms.ChoiceField(label="表格种类", required=False, widget=forms.Select(SELECT))
    source = forms.ChoiceField(label="来源", required=False, widget=forms.Select(SELECT))
    village = forms.ModelChoiceField(
        label="没写村（社区）的行，归到",
        queryset=Place.objects.none(),
        required=False,
        empty_label="不指定，进待归类",
        widget=forms.Select(SELECT),
    )
    files = forms.Field(required=False, widget=ManyFiles())

    def __init__(self, *args: Any, villages: Any, only_doses: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [(key, label) for key, label in RosterImport.Kind.choices if key in DOSES or not only_doses]
        self.fields["kind"].choices = [("", "自动识别"), *kinds]
        # The clinic sends its own system's export; what it says is a record of the site.
        sources = [Source.CLINIC] if only_doses else [Source.ROSTER, *(s for s in Source if s != Source.ROSTER)]
        self.fields["source"].choices = [(source.value, source.label) for source in sources]
        self.fields["village"].queryset = villages

    def clean_source(self) -> str:
        return self.cleaned_data["source"] or self.fields["source"].choices[0][0]

    def clean_files(self) -> list[Any]:
        files = self.files.getlist("files") if isinstance(self.files, MultiValueDict) else []
        if not files:
            raise forms.ValidationError("先选一个文件，或者把表格拖进来。")
        return files


class LayoutForm(forms.Form):
    """Another kind or sheet for a file, and which field each of its columns holds."""

    def __init__(self, data: Any = None, *, roster: RosterImport, only_doses: bool):
        super().__init__(data)
        self._roster = roster
        kind, sheet = roster.kind, roster.layout.get("sheet", "")
        # Another kind or sheet is recognised anew: what was chosen for the columns shown means nothing there.
        same = data is None or (data.get("kind"), data.get("sheet", "")) == (kind, sheet)
        self._columns = (roster.layout.get("columns") or []) if same else []
        kinds = [(key, label) for key, label in RosterImport.Kind.choices if key in DOSES or not only_doses]
        self.fields["kind"] = forms.ChoiceField(
            label="表格种类", choices=kinds, initial=kind, widget=forms.Select(SELECT)
        )
        sheets = [(name, name) for name in roster.layout.get("sheets") or [sheet]]
        self.fields["sheet"] = forms.ChoiceField(
            label="工作表", choices=sheets, initial=sheet, required=False,
            widget=forms.Select(SELECT),
        )  # fmt: skip
        for column in self._columns:
            self.fields[_name(column)] = forms.ChoiceField(
                label=column["heading"] or f"第{column['index'] + 1}列",
                choices=field_choices(kind),
                initial=column.get("field", ""),
                required=False,
                help_text=column.get("sample", ""),
                widget=forms.Select(SELECT),
            )

    def bound_columns(self) -> Iterator[forms.BoundField]:
        return (self[_name(column)] for column in self._columns)

    def chosen_columns(self) -> dict[str, str]:
        """Return what columns were chosen for, by index, now and before; columns left alone are not in it."""
        changed = {
            str(column["index"]): self.cleaned_data[_name(column)]
            for column in self._columns
            if self.cleaned_data[_name(column)] != column.get("field", "")
        }
        return (self._roster.chosen_columns | changed) if self._columns else {}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        taken: dict[str, str] = {}
        for column in self._columns:
            field = values.get(_name(column))
            if field and field in taken:
                self.add_error(_name(column), f"“{taken[field]}”已经用作这一栏，只能有一列。")
            elif field:
                taken[field] = column["heading"]
        return values


def _name(column: dict[str, Any]) -> str:
    return f"column_{column['index']}"


def field_choices(kind: str) -> list[tuple[str, str]]:
    """Return what a column of a kind may hold, in the declared order, by its first heading."""
    known = RESOURCES | LISTS
    headings = known[kind].headings() if kind in known else {}
    return [("", "不用这一列"), *((name, names[0]) for name, names in headings.items())]

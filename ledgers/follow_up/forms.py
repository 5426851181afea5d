"""What came of a call, person by person, and which list is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ledgers.models import Contact
from registry.forms import InputMixin
from registry.phones import read_phones

Outcome = Contact.Outcome
# In the order in which a call goes; a message that went out is no answer.
OUTCOMES = [(one.value, one.label) for one in Outcome if one != Outcome.TOLD]
# Who said 先核实疫苗 or brings a proof is promised no day.
UNINVITED = [pair for pair in OUTCOMES if pair[0] != Outcome.PROMISED]
_DAY = {"type": "date"}


class OutcomeForm(InputMixin, forms.Form):
    """One person's outcome; nothing chosen means that nobody spoke of the person."""

    outcome = forms.ChoiceField(label="结果", choices=OUTCOMES, required=False, widget=forms.RadioSelect)
    promised_on = forms.DateField(label="约哪一天", required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    again_on = forms.DateField(label="哪一天再打", required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    phones = forms.CharField(
        label="正确的号码", required=False, max_length=60, widget=forms.TextInput({"inputmode": "tel"})
    )

    def __init__(self, *args: Any, today: date, is_invited: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if not is_invited:
            self.fields["outcome"].choices = UNINVITED

    def clean_phones(self) -> tuple[tuple[str, str], ...]:
        text = self.cleaned_data["phones"]
        phones, understood = read_phones(text) if text else ((), True)
        if not understood:
            raise forms.ValidationError("号码看不懂，手机写11位，座机带区号。")
        return phones

    def clean(self) -> dict[str, Any]:
        """A promise has its day from today on, a call again its day from tomorrow on."""
        data = super().clean()
        if data.get("outcome") == Outcome.PROMISED and not self.errors.get("promised_on"):
            self._need("promised_on", self.today, "写明约好哪一天，从今天算起。")
        if data.get("outcome") == Outcome.CALL_AGAIN and not self.errors.get("again_on"):
            self._need("again_on", date.fromordinal(self.today.toordinal() + 1), "写明哪一天再打，从明天算起。")
        return data

    def _need(self, name: str, earliest: date, sentence: str) -> None:
        day = self.cleaned_data.get(name)
        if day is None or day < earliest:
            self.add_error(name, sentence)

    @property
    def day(self) -> date | None:
        """The day that belongs to the outcome."""
        names = {Outcome.PROMISED: "promised_on", Outcome.CALL_AGAIN: "again_on"}
        return self.cleaned_data.get(names.get(self.cleaned_data["outcome"], ""))

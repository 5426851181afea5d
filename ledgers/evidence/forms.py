"""Forms of claims: photos come as they are taken, one field for the camera and one for files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from campaigns.models import Campaign
from ledgers.evidence.keeping import Piece, made_fit
from ledgers.evidence.pictures import EvidenceRefused
from ledgers.exemptions import RESENT
from ledgers.forms import ExemptionForm, NewDoseForm
from ledgers.models import Evidence, Exemption


class EvidenceInput(forms.FileInput):
    """A row per photo taken with the camera, and one for files chosen on the phone or PC; all under one name."""

    template_name = "ledgers/evidence_input.html"
    allow_multiple_selected = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"cameras": range(1, Evidence.MOST + 1)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class EvidenceField(forms.Field):
    """Files made fit to keep: `cleaned_data` holds pieces."""

    widget = EvidenceInput

    def clean(self, value: list[UploadedFile]) -> list[Piece]:
        try:
            return made_fit(value or ())
        except EvidenceRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


_HELP = f"照片或 PDF，最多 {Evidence.MOST} 份。照片里的拍摄地点会自动去掉。"


class PhotosAgain:
    """No browser fills files in again: a form that is refused says that they have to be chosen once more."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if self.files and "evidence" not in self.errors:
            super().add_error("evidence", "上面改好以后，照片要再选一次。")


class ClaimForm(PhotosAgain, ExemptionForm):
    """A new claim with its evidence; without any it may be handed in later (待佐证)."""

    evidence = EvidenceField(label="佐证材料", required=False, help_text=_HELP)


class ResendForm(ClaimForm):
    """补材料: the kind stays; what a colleague must not read is left empty and kept when left so."""

    field_order = ["evidence", *RESENT]

    def __init__(self, *args: Any, campaign: Campaign, claim: Exemption, in_full: bool, **kwargs: Any) -> None:
        initial = {name: getattr(claim, name) for name in RESENT}
        self._kept = {} if in_full else {name: initial.pop(name) for name in ("institution", "diagnosis")}
        super().__init__(*args, campaign=campaign, initial=initial, **kwargs)
        del self.fields["kind"]
        if claim.kind == Exemption.Kind.CONTRAINDICATION:
            del self.fields["end_on"]
        for name in self._kept:
            self.fields[name].help_text = "原来填的只有申请人和审核人看得到；留空就不改。"

    def changes(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name in RESENT}
        return {name: value for name, value in given.items() if value or name not in self._kept}


class ProvenDoseForm(PhotosAgain, NewDoseForm):
    """A dose with photos of the certificate that proves it."""

    evidence = EvidenceField(label="凭证照片", required=False, help_text=_HELP)

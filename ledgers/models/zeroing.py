"""清零: a unit or a village declares that nobody is missing; the office verifies it; a newcomer ends it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Zeroing(models.Model):
    """One declaration of a unit or a village: 申报 → 核验 → 有效 / 已失效 (plan 六(二)1)."""

    class State(models.TextChoices):
        DECLARED = "declared", "已申报，待核验"
        VALID = "valid", "有效"
        RETURNED = "returned", "已退回"
        LAPSED = "lapsed", "已失效"

    OPEN = (State.DECLARED, State.VALID)
    _CHIPS = {State.DECLARED: "neutral", State.VALID: "done", State.RETURNED: "attention", State.LAPSED: "attention"}

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("registry.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="zeroings")
    village = models.ForeignKey(
        "registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="zeroings"
    )
    state = models.CharField("清零", max_length=10, choices=State, default=State.DECLARED)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    # Who verified or returned it, and when.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)
    # Who is missing now; null unless lapsed.
    because = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="zeroing_of_a_unit_or_a_village",
                condition=Q(unit__isnull=False, village__isnull=True) | Q(unit__isnull=True, village__isnull=False),
            ),
            models.UniqueConstraint(
                name="zeroing_open_once_per_unit",
                fields=["campaign", "unit"],
                condition=Q(unit__isnull=False, state__in=["declared", "valid"]),
            ),
            models.UniqueConstraint(
                name="zeroing_open_once_per_village",
                fields=["campaign", "village"],
                condition=Q(village__isnull=False, state__in=["declared", "valid"]),
            ),
            models.CheckConstraint(
                name="zeroing_decided_has_who_and_when",
                condition=Q(state="declared")
                | Q(state="lapsed")
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="zeroing_lapsed_has_its_day", condition=~Q(state="lapsed") | Q(lapsed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id or self.village_id} {self.get_state_display()}"

    @property
    def chip(self) -> str:
        return self._CHIPS[self.state]

    @property
    def why(self) -> str:
        """Why it no longer holds; "" unless lapsed."""
        if self.because is None:
            return ""
        return f"{self.because}还没打，也没有在有效期内的禁忌缓种（新加入、新到年龄或缓种到期）。"

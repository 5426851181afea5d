"""名单比对: a sheet that was dropped, kept only until its export has been written."""

from django.conf import settings
from django.db import models


class MatchedSheet(models.Model):
    """A sheet to be given back with our columns; its file ends with the export that is made of it."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="matching/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    rows = models.PositiveIntegerField("行数")
    # How many of the rows mean somebody on record.
    found = models.PositiveIntegerField("对上")

    def __str__(self) -> str:
        return self.name

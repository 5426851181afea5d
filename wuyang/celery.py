"""The Celery application. The database row of a job is the truth; the broker only wakes a worker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyang.settings")

app = Celery("wuyang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

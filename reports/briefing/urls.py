"""Routes of 报送."""

from django.urls import path

from reports.views import briefings

urlpatterns = [
    path("", briefings.briefings, name="briefings"),
    path("make/", briefings.briefing_make, name="briefing_make"),
    path("hour/", briefings.briefing_hour, name="briefing_hour"),
    path("<int:pk>/", briefings.briefing, name="briefing"),
    path("<int:pk>/sent/", briefings.briefing_sent, name="briefing_sent"),
    path("<int:pk>/unsent/", briefings.briefing_unsent, name="briefing_unsent"),
    path("<int:pk>/people/", briefings.briefing_people, name="briefing_people"),
    path("<int:pk>/correct/", briefings.briefing_correct, name="briefing_correct"),
    path("<int:pk>/<slug:kind>/", briefings.briefing_file, name="briefing_file"),
]

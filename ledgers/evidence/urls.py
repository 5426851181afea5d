"""Routes of exemption claims, their decision, and the evidence behind them."""

from django.urls import path

from ledgers.evidence import deciding, views

urlpatterns = [
    path("claims/", deciding.claims, name="claims"),
    path("claims/<int:pk>/", deciding.claim, name="claim"),
    path("exemptions/", views.own_list, name="exemptions"),
    path("exemptions/<int:pk>/", views.exemption, name="exemption"),
    path("exemptions/<int:pk>/decide/", deciding.exemption_decide, name="exemption_decide"),
    path("exemptions/<int:pk>/withdraw/", views.exemption_withdraw, name="exemption_withdraw"),
    path("exemptions/<int:pk>/docket/", views.exemption_docket, name="exemption_docket"),
    path("people/<int:pk>/exemptions/new/", views.exemption_new, name="exemption_new"),
    path("evidence/<int:pk>/", views.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/remove/", views.evidence_remove, name="evidence_remove"),
]

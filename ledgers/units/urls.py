"""Routes of a unit's own pages and of 清零."""

from django.urls import path

from ledgers.units import views, zeroing_views

urlpatterns = [
    path("own-units/", views.own_units, name="own_units"),
    path("units/<int:pk>/members/", views.unit_members, name="unit_members"),
    path("units/<int:pk>/members/new/", views.unit_member_new, name="unit_member_new"),
    path("units/<int:pk>/classes/", views.unit_classes, name="unit_classes"),
    path("units/<int:pk>/classes/print/", views.unit_class_print, name="unit_class_print"),
    path("memberships/<int:pk>/", views.unit_member, name="unit_member"),
    path("memberships/<int:pk>/leave/", views.unit_member_leave, name="unit_member_leave"),
    path("zeroing/", zeroing_views.zeroing_page, name="zeroing"),
    path("zeroing/declare/", zeroing_views.zeroing_declare, name="zeroing_declare"),
    path("zeroing/verify/", zeroing_views.zeroing_verify, name="zeroing_verify"),
    path("zeroing/<int:pk>/decide/", zeroing_views.zeroing_decide, name="zeroing_decide"),
]

"""Routes of the ground floor: the own account, accounts, the trail, revealing numbers."""

from django.urls import path

from registry.views import accounts, devices, login_codes, own, reveal, trail

urlpatterns = [
    path("", own.home, name="home"),
    path("login/", own.login, name="login"),
    path("logout/", own.logout, name="logout"),
    path("me/", own.me, name="me"),
    path("me/type-size/", own.type_size, name="type_size"),
    path("me/password/", own.password, name="password"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/import/", login_codes.account_import_preview, name="account_import"),
    path("accounts/import/approve/", login_codes.account_import_approve, name="account_import_approve"),
    path("accounts/codes/", login_codes.login_codes, name="login_codes"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/grants/", accounts.account_grant, name="account_grant"),
    path("accounts/<int:pk>/grants/<int:grant_pk>/revoke/", accounts.account_revoke, name="account_revoke"),
    path("accounts/<int:pk>/disable/", accounts.account_disable, name="account_disable"),
    path("accounts/<int:pk>/reset/", accounts.account_reset, name="account_reset"),
    path("device/remember/", devices.device_remember, name="device_remember"),
    path("device/resume/", devices.device_resume, name="device_resume"),
    path("me/devices/<int:pk>/end/", devices.device_end, name="device_end"),
    path("audit/", trail.audit, name="audit"),
    path("audit/verify/", trail.audit_verify, name="audit_verify"),
    path("residents/<int:pk>/reveal/", reveal.reveal, name="reveal"),
]

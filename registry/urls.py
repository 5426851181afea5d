"""Routes of the ground floor: the own account, accounts, the trail, revealing numbers."""

from django.urls import path

from registry.views import own

urlpatterns = [
    path("", own.home, name="home"),
    path("login/", own.login, name="login"),
    path("logout/", own.logout, name="logout"),
    path("me/", own.me, name="me"),
    path("me/type-size/", own.type_size, name="type_size"),
    path("me/password/", own.password, name="password"),
]

"""`manage.py create_first_account USERNAME`: the system administrator of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.accounts import system_user
from registry.actions import create_account
from registry.commands import Refusal
from registry.models import Role, RoleGrant, User


class Command(BaseCommand):
    help = "建立第一个账号（系统管理员），打印一次初始密码；其余账号由他在网页上建立。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        if RoleGrant.objects.filter(role=Role.SYSADMIN, user__is_active=True).exists():
            raise Refusal("not_the_first", "已有系统管理员，请用他的账号在网页上建立其他账号。")
        if User.objects.filter(username=options["username"]).exists():
            raise Refusal("username_taken", f"账号“{options['username']}”已存在。")
        account = User(username=options["username"], name=options["name"])
        password = create_account(account, RoleGrant(role=Role.SYSADMIN), by=system_user())
        self.stdout.write(f"账号 {account.username}，初始密码 {password}（首次登录后须修改）。")

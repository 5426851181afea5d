"""`manage.py demo`: an invented street on this machine, then the site until Ctrl-C (interfaces: Commands)."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from registry.commands import Refusal
from registry.models import Resident
from reports.demo import accounts, serve, setup
from reports.demo.street import DEMO_DAY, FULL_SIZE

_SEED = 2021
_PORT = 8000


class Command(BaseCommand):
    help = "建立一个虚构的街道（约四万人），打印各角色账号，然后启动网站、后台任务和定时任务，直到 Ctrl-C。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=_PORT, help="the next free one is taken when it is in use")
        parser.add_argument("--no-serve", action="store_true", help="set up only")
        parser.add_argument("--reset", action="store_true", help="throw the demonstration's data away and begin anew")
        parser.add_argument("--people", type=int, default=FULL_SIZE, help="about how many people to invent")
        parser.add_argument("--seed", type=int, default=_SEED, help="another seed, another street")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        self._fix_the_day()
        self._say(f"业务日期固定为 {settings.TODAY}（环境变量 TODAY）。数据存放在 {settings.DATA_DIR}。")
        call_command("migrate", interactive=False, verbosity=0)
        if options["reset"]:
            self._reset()
        self._set_up(options["people"], options["seed"])
        call_command("collectstatic", interactive=False, verbosity=0)
        self._say(f"准备完毕，用时 {time.monotonic() - began:.0f} 秒。以下账号只在演示数据中存在：\n")
        self._say(accounts.table() + "\n")
        if not options["no_serve"]:
            self._serve(options["host"], options["port"])

    def _fix_the_day(self) -> None:
        """Let this process and its children live on the demonstration's day."""
        settings.TODAY = settings.TODAY or DEMO_DAY
        settings.DEMO = True
        os.environ |= {"TODAY": settings.TODAY.isoformat(), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "wuyang.settings"}

    def _reset(self) -> None:
        self._refuse_real_data()
        self._say("清除原有的演示数据……")
        call_command("flush", interactive=False, verbosity=0)

    def _set_up(self, people: int, seed: int) -> None:
        if setup.is_demonstration():
            self._say("演示数据已在，接着上次的用（从头再来：--reset）。")
        else:
            self._refuse_real_data()
            setup.invent(people, seed, say=self._say)
            setup.count_figures(say=self._say)

    def _refuse_real_data(self) -> None:
        if Resident.objects.exists() and not setup.is_demonstration():
            raise Refusal("not_a_demo", "这个数据库里已有人员资料，演示数据不会写进去；请用 DATA_DIR 另指一个目录。")

    def _serve(self, host: str, port: int) -> None:
        free = serve.free_port(host, port)
        if free != port:
            self._say(f"端口 {port} 已被占用，改用 {free}。")
        # Celery warns of running as root at each start; here the worker does nothing that web does not.
        environment = os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker"}
        if host not in ("127.0.0.1", "localhost") and "ALLOWED_HOSTS" not in environment:
            environment["ALLOWED_HOSTS"] = "*"
            self._say("其他设备也能打开这个网站：演示账号的密码是公开的，里面不要放真实资料。")
        serve.Site(host, free, environment, self._say).run()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

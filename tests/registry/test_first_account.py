from io import StringIO

import pytest
from django.core.management import call_command

from registry.commands import Refusal
from registry.models import User

pytestmark = pytest.mark.django_db


def test_the_first_account_is_a_system_administrator_with_the_printed_password() -> None:
    out = StringIO()
    call_command("create_first_account", "guanli", stdout=out)
    account = User.objects.get(username="guanli")
    password = out.getvalue().split("初始密码 ")[1].split("（")[0]
    assert account.check_password(password)
    assert (account.must_change_password, [grant.role for grant in account.grants.all()]) == (True, ["sysadmin"])


def test_a_second_first_account_is_refused(sysadmin: User) -> None:
    with pytest.raises(Refusal, match=r"^not_the_first: "):
        call_command("create_first_account", "another")

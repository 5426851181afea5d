"""Accounts that the system itself needs."""

from registry.models import User

SYSTEM = "system"


def system_user() -> User:
    """Return the account that stands for the machine; it has no password and cannot log in."""
    user, created = User.objects.get_or_create(username=SYSTEM, defaults={"name": "系统", "is_active": False})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user

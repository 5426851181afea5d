"""How often something may be tried within an hour: look-ups of people, secrets of phones."""

from django.core.cache import cache

HOUR = 3600


def allowed(name: str, most: int, *, seconds: float = HOUR) -> bool:
    """Count one more try under `name` and tell whether it is within `most`; the time runs from the first try.

    `name` holds keys and hashes only. Counted in the cache: exact over all processes with Redis, for
    each process by itself without.
    """
    key = f"tries:{name}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # It ran out between the two calls: this is the first try of a new hour.
        cache.set(key, 1, seconds)
        return True

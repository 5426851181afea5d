"""A slow reading of rules 2, sentence by sentence, written apart from `ledgers.rules` to check it."""

from datetime import timedelta

from ledgers.rules import add_months


def standing(doses, table, on):
    """What stands at `on`, as a plain dict; None without doses. Starts anew for every day asked."""
    doses = sorted((dose for dose in doses if dose.given_on <= on), key=lambda dose: dose.given_on)
    if not doses:
        return None
    platforms = {dose.platform for dose in doses} - {None}
    series = {
        key: count([dose for dose in doses if dose.platform in (key, None)], table.platforms[key])
        for key in platforms or {table.fallback}
    }
    key = speaking(series, list(table.platforms))
    return series[key] | {
        "platform": key,
        "marks": set.union(*(found["marks"] for found in series.values()))
        | ({"mixed_platform"} if len(platforms) > 1 else set())
        | ({"product_unknown"} if any(dose.platform is None for dose in doses) else set())
        | ({"product_age"} if any(dose.too_young for dose in doses) else set()),
    }


def count(doses, rule):
    counted, guessed, marks, completed_on = [], 0, set(), None
    for earlier, dose in enumerate(doses):
        number = len(counted) + guessed
        interval = (dose.given_on - counted[-1]).days if counted else None
        if number >= rule.doses:
            marks.add("extra")
            continue
        if interval is not None and interval < rule.too_early_days:
            marks.add("too_early")
            continue
        if interval is not None and interval < rule.short_interval_days:
            marks.add("short_interval")
        missing = max(0, (dose.stated or 1) - 1 - earlier - guessed)
        if missing:
            marks.add("dose_missing")
        guessed += missing
        counted.append(dose.given_on)
        if len(counted) + guessed >= rule.doses:
            completed_on = dose.given_on
    total = min(rule.doses, len(counted) + guessed)
    next_from = next_by = None
    if completed_on is None:
        next_from = doses[-1].given_on + rule.gap
        next_by = max(next_from, later(counted[0], rule.due[total - 1]))
    return {
        "counted": total,
        "needed": rule.doses,
        "first_on": counted[0],
        "completed_on": completed_on,
        "next_from": next_from,
        "next_by": next_by,
        "second_due_on": later(counted[0], rule.due[0]) if rule.due else None,
        "marks": marks,
    }


def later(day, span):
    return day + span if isinstance(span, timedelta) else add_months(day, span)


def speaking(series, order):
    completed = [key for key, found in series.items() if found["completed_on"]]
    if completed:
        return min(completed, key=lambda key: (series[key]["completed_on"], series[key]["first_on"], order.index(key)))
    most = max(found["counted"] for found in series.values())
    left = [key for key, found in series.items() if found["counted"] == most]
    return min(left, key=lambda key: (series[key]["first_on"], order.index(key)))

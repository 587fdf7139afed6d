"""Alarms on days in a row about the same check, as one stretch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any


def stretches(alarms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Join the alarms of one check and one reference that follow each other day by day.

    Args:
        alarms: In order of time, each with ``day``, ``check``, ``days_learnt_from`` and
            ``columns``.

    >>> one = {"check": "columns", "days_learnt_from": 52, "columns": ["temp"]}
    >>> found = stretches([{**one, "day": f"2013-03-0{d}"} for d in (1, 2, 5)])
    >>> [(each["first"], each["days"], each["columns"]) for each in found]
    [('2013-03-01', 2, {'temp': 2}), ('2013-03-05', 1, {'temp': 1})]
    """
    found: list[list[Mapping[str, Any]]] = []
    for alarm in sorted(alarms, key=lambda each: (each["check"], each["day"])):
        if found and _follows(found[-1][-1], alarm):
            found[-1].append(alarm)
        else:
            found.append([alarm])
    return sorted(map(_summed, found), key=lambda each: (each["first"], each["check"]))


def _follows(before: Mapping[str, Any], alarm: Mapping[str, Any]) -> bool:
    same = all(before[key] == alarm[key] for key in ("check", "days_learnt_from"))
    days = date.fromisoformat(alarm["day"]) - date.fromisoformat(before["day"])
    return same and days.days == 1


def _summed(stretch: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns = Counter(column for alarm in stretch for column in alarm["columns"])
    return {
        "first": stretch[0]["day"],
        "last": stretch[-1]["day"],
        "days": len(stretch),
        "check": stretch[0]["check"],
        "days_learnt_from": stretch[0]["days_learnt_from"],
        "columns": dict(columns.most_common()),
    }

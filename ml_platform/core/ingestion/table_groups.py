"""Which tables have to do with each other.

Tables that a model reads together, or takes its labels from, are one group, and so are those that
several such models join. Groups know nothing of each other: the backlog of one, and what it fails
of, hold up no other.
"""

from __future__ import annotations

from collections.abc import Iterable


def table_groups(
    tables: Iterable[str], joined: Iterable[frozenset[str]]
) -> tuple[frozenset[str], ...]:
    """Part tables into groups, in the order of their first tables.

    Args:
        tables: all of them; one that no model reads is a group by itself.
        joined: of each model, the tables that it joins.

    >>> table_groups("abcde", [frozenset("ab"), frozenset("bd")]) == (
    ...     frozenset("abd"), frozenset("c"), frozenset("e"))
    True
    """
    groups = [frozenset({table}) for table in tables]
    for together in joined:
        met = [group for group in groups if group & together]
        rest = [group for group in groups if not group & together]
        groups = [*rest, frozenset().union(*met)] if met else rest
    return tuple(sorted(groups, key=min))

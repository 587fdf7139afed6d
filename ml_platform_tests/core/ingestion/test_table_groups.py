"""Tables that no model joins have nothing to do with each other."""

from __future__ import annotations

from ml_platform.core.ingestion.table_groups import table_groups


def test_models_that_share_a_table_join_all_of_theirs() -> None:
    joined = [frozenset({"a", "b"}), frozenset({"c", "d"}), frozenset({"b", "e"})]

    assert table_groups(["a", "b", "c", "d", "e", "f"], joined) == (
        frozenset({"a", "b", "e"}),
        frozenset({"c", "d"}),
        frozenset({"f"}),
    )


def test_a_model_of_tables_that_are_not_there_joins_nothing() -> None:
    assert table_groups(["a"], [frozenset({"gone"})]) == (frozenset({"a"}),)

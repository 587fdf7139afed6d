"""Every change of a declaration has a sentence, and what would break the record is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ml_platform.core.declaration.plan import (
    Champion,
    Consequence,
    DeclaredModel,
    DeclaredTable,
    RunningModel,
    RunningTable,
    plan,
    report,
)
from ml_platform.core.declaration.plan.consequence import UNCHANGED
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.model_spec import ModelSpec

DECLARED: dict[str, Any] = {
    "name": "late",
    "task": "binary_classification",
    "sources": {"primary": "orders", "lookups": ["weather"], "labels": "outcomes"},
    "key": ["order_id"],
    "label": {"column": "was_late", "available_after": "1 day"},
    "estimator": {"kind": "xgboost"},
    "training": {"holdout": "2 days"},
    "promotion": {"metric": "brier"},
    "decision": {"threshold": 0.5},
}
SOURCES: dict[str, Any] = DECLARED["sources"]
INPUTS = {"amount": "double", "items": "int"}
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]
COLUMNS = {"order_id": "bigint", "amount": "double"}
TABLES = [
    DeclaredTable(
        name, COLUMNS if name == "orders" else {"x": "int"}, Calendar("day", date(2026, 1, 1))
    )
    for name in ("orders", "weather", "outcomes")
]
ON_RECORD = {each.name: RunningTable(each.columns, DAYS) for each in TABLES}


def spec(**changed: Any) -> ModelSpec:
    return ModelSpec.model_validate(DECLARED | changed)


MODEL = DeclaredModel(spec(), INPUTS, "code", "batch")
CHAMPION = Champion(3, spec(), INPUTS, "code", "batch", frozenset({"amount"}))
LATE = RunningModel(
    CHAMPION, log=True, features={"amount": "double", "items": "int", "old": "string"}, partitions=3
)


def of_model(model: DeclaredModel, running: RunningModel = LATE) -> list[Consequence]:
    return plan(TABLES, [model], ON_RECORD, {"late": running})


def of_table(
    table: DeclaredTable, on_record: RunningTable = ON_RECORD["orders"]
) -> list[Consequence]:
    others = [each for each in TABLES if each.name != "orders"]
    return plan([table, *others], [MODEL], ON_RECORD | {"orders": on_record}, {"late": LATE})


def test_what_runs_as_declared_has_no_consequence() -> None:
    assert of_model(MODEL) == []
    assert report([]) == UNCHANGED


def inputs(**changed: str | None) -> DeclaredModel:
    return replace(MODEL, inputs={n: k for n, k in (INPUTS | changed).items() if k})


ALLOWED: dict[str, tuple[DeclaredModel, str]] = {
    "preprocess.py edited": (
        replace(MODEL, request_code="new"),
        "version 3 keeps its own in batch and online",
    ),
    "features.py edited": (
        replace(MODEL, batch_code="new"),
        "version 3 goes on being fed by its own",
    ),
    "input added": (
        inputs(hour="int"),
        'Input "hour" (int) is added: version 3 goes on without it',
    ),
    "input removed": (inputs(items=None), 'Input "items" is removed: version 3 goes on with it'),
    "input renamed": (
        inputs(items=None, pieces="int"),
        'Input "items" seems to be renamed "pieces"',
    ),
    "threshold": (
        replace(MODEL, spec=spec(decision={"threshold": 0.4})),
        "decision.threshold: 0.5 becomes 0.4: the next version takes it, and version 3 keeps",
    ),
    "gate": (
        replace(MODEL, spec=spec(promotion={"metric": "roc_auc"})),
        "promotion.metric: brier becomes roc_auc: the next candidate is judged by it",
    ),
    "monitoring": (
        replace(MODEL, spec=spec(monitoring={"reference": "14 days"})),
        "becomes 14 days: the next partition is judged by it",
    ),
    "segments": (
        replace(MODEL, spec=spec(monitoring={"segments": ["items"]})),
        "monitoring.segments: none becomes items: they are counted from the next training",
    ),
    "lookup added": (
        replace(MODEL, spec=spec(sources=SOURCES | {"lookups": ["weather", "stores"]})),
        "sources.lookups: weather becomes weather, stores: features.py is given them",
    ),
    "label": (
        replace(MODEL, spec=spec(label=DECLARED["label"] | {"expression": "was_late > 1"})),
        "label.expression: nothing becomes was_late > 1: labels that land from",
    ),
}


@pytest.mark.parametrize(("model", "said"), ALLOWED.values(), ids=ALLOWED)
def test_a_change_that_harms_nothing_is_told_in_one_sentence(
    model: DeclaredModel, said: str
) -> None:
    [one] = of_model(model)
    assert said in one.says
    assert (one.subject, one.refused) == ("model late", False)


REFUSED: dict[str, tuple[DeclaredModel, str, str]] = {
    "key": (
        replace(MODEL, spec=spec(key=["order_id", "day"])),
        "key: order_id becomes order_id, day",
        "second model",
    ),
    "primary": (
        replace(MODEL, spec=spec(sources=SOURCES | {"primary": "weather", "lookups": []})),
        "sources.primary: orders becomes weather",
        "leave sources.primary as it is",
    ),
    "input retyped": (
        inputs(items="double"),
        'Input "items" becomes double, and features and log hold it as int',
        "items_double",
    ),
    "input that was another once": (
        inputs(old="int"),
        'Input "old" becomes int, and features and log hold it as string',
        "old_int",
    ),
}


@pytest.mark.parametrize(("model", "said", "way_out"), REFUSED.values(), ids=REFUSED)
def test_what_would_break_the_record_is_refused_with_the_way_out(
    model: DeclaredModel, said: str, way_out: str
) -> None:
    [one] = [each for each in of_model(model) if each.refused]
    assert said in one.says
    assert way_out in one.way_out


def test_before_anything_is_logged_the_key_is_free() -> None:
    [model, *_] = (m for m, *_ in REFUSED.values())
    assert not any(each.refused for each in of_model(model, replace(LATE, log=False)))


def test_two_inputs_for_two_are_no_renaming() -> None:
    model = replace(MODEL, inputs={"total": "double", "pieces": "int"})
    said = [each.says for each in of_model(model)]
    assert [text.partition(":")[0] for text in said] == [
        'Input "amount" is removed',
        'Input "items" is removed',
        'Input "total" (double) is added',
        'Input "pieces" (int) is added',
    ]


def test_an_input_of_another_type_is_no_renaming() -> None:
    said = [each.says for each in of_model(inputs(items=None, pieces="double"))]
    assert [text.partition(":")[0] for text in said] == [
        'Input "items" is removed',
        'Input "pieces" (double) is added',
    ]


def test_a_version_from_before_code_was_kept_is_told_of() -> None:
    old = replace(LATE, champion=replace(CHAMPION, request_code=None, batch_code=None))
    said = [each.says for each in of_model(MODEL, old)]
    assert ["preprocess.py" in said[0], "features.py" in said[1]] == [True, True]
    assert all("`ml-platform retrain late`" in each for each in said)


def test_a_model_that_has_features_and_no_champion_has_nothing_to_keep() -> None:
    assert of_model(inputs(items=None), replace(LATE, champion=None)) == []


def test_a_model_over_tables_with_history_is_backfilled() -> None:
    [one] = plan(TABLES, [MODEL], ON_RECORD, {})
    assert "orders holds 3 partitions, from 2026-01-01 to 2026-01-03" in one.says
    assert "backfilled" in one.says


@pytest.mark.parametrize("tables", [{}, {"orders": RunningTable(COLUMNS, [])}])
def test_a_model_over_tables_without_history_just_begins(tables: dict[str, RunningTable]) -> None:
    found = plan(TABLES, [MODEL], tables, {})
    assert "begins with the first partition of orders" in found[-1].says


def test_a_model_that_is_gone_is_refused_until_it_is_retired() -> None:
    [gone] = plan(TABLES, [], ON_RECORD, {"late": LATE})
    assert "no longer declared" in gone.says
    assert "version 3 still answers online" in gone.says
    assert gone.way_out == "declare it again, or `ml-platform plan --retire late`."
    assert plan(TABLES, [], ON_RECORD, {"late": LATE}, frozenset({"late"})) == []


def test_a_model_that_was_renamed_is_told_what_stays_behind() -> None:
    other = replace(MODEL, spec=spec(name="delay"))
    new, gone = plan(TABLES, [other], ON_RECORD, {"late": LATE})
    assert not new.refused
    assert "seems to be renamed delay" in gone.says
    assert "call it late again" in gone.way_out


def test_a_model_without_a_champion_that_is_gone_answers_nothing() -> None:
    [gone] = plan(TABLES, [], ON_RECORD, {"late": RunningModel(partitions=2)})
    assert "its tables of 2 partitions" in gone.says
    assert "none answers" in gone.says


ORDERS = TABLES[0]


def columns(**changed: str | None) -> DeclaredTable:
    return replace(ORDERS, columns={n: k for n, k in (COLUMNS | changed).items() if k})


def test_a_column_is_added() -> None:
    [one] = of_table(columns(city="string"))
    assert '"city" is added' in one.says
    assert "the 3 partitions on record hold null" in one.says
    assert not one.refused


def test_a_column_that_the_live_version_reads_is_not_dropped() -> None:
    [one] = of_table(columns(amount=None))
    assert "features.py of version 3 of late reads it" in one.says
    assert one.refused


def test_a_column_that_nobody_reads_is_dropped() -> None:
    [one] = of_table(columns(order_id=None))
    assert "rows from now on hold null for it" in one.says
    assert not one.refused


def test_a_column_of_another_type_is_refused() -> None:
    [one] = of_table(columns(amount="decimal(10,2)"))
    assert '"amount" becomes decimal(10,2), and 3 partitions hold it as double' in one.says
    assert "leave it double" in one.way_out


def test_another_cut_is_refused_and_a_later_start_told_of() -> None:
    [one] = of_table(replace(ORDERS, calendar=Calendar("month", date(2026, 1, 1))))
    assert one.refused
    assert "cut by month now, and 2 partitions on record are cut otherwise" in one.says
    [later] = of_table(replace(ORDERS, calendar=Calendar("day", date(2026, 1, 3))))
    assert not later.refused
    assert "leaves out 2 partitions on record, from 2026-01-01 to 2026-01-02" in later.says


def test_a_table_is_new_gone_or_renamed() -> None:
    renamed = replace(ORDERS, name="purchases")
    new, gone = plan([renamed, *TABLES[1:]], [MODEL], ON_RECORD, {"late": LATE})
    assert "It is new" in new.says
    assert "seems to be renamed purchases" in gone.says
    [gone] = plan(TABLES[:2], [MODEL], ON_RECORD, {"late": LATE})
    assert (gone.subject, gone.refused) == ("table outcomes", True)
    assert plan(TABLES[:2], [MODEL], ON_RECORD, {"late": LATE}, frozenset({"outcomes"})) == []


def test_the_report_fits_80_columns_and_counts_what_is_refused() -> None:
    found = [c for model, *_ in (*ALLOWED.values(), *REFUSED.values()) for c in of_model(model)]
    lines = report(found).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "4 changes refused: see each way out."
    assert lines[0] == "model late"


def test_a_consequence_is_told_to_programs() -> None:
    assert Consequence("a", "b", "c").row() == {
        "subject": "a",
        "says": "b",
        "way_out": "c",
        "refused": True,
    }

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.quality_over_time.measure import MEASURES
from ml_platform.core.source_spec import SmallestChanges, SourceSpec


def flights(**changed: Any) -> dict[str, Any]:
    return {
        "name": "flights",
        "landing": {"format": "csv", "path": "flights/{partition}.csv"},
        "partitions": {"every": "day", "start": "2013-01-01"},
        "contract": "contract.Flights",
    } | changed


def landing(**changed: Any) -> dict[str, Any]:
    return {"landing": {"format": "csv", "path": "flights/{partition}.csv"} | changed}


def partitions(**changed: Any) -> dict[str, Any]:
    return {"partitions": {"every": "day", "start": "2013-01-01"} | changed}


def test_a_resolved_declaration_reads_back_to_itself() -> None:
    spec = SourceSpec.model_validate(
        flights(**partitions(end="2014-01-01"), owners=["team:delays", "a@b.org"])
    )
    assert spec.partitions.end == date(2014, 1, 1)
    assert SourceSpec.model_validate(spec.resolved()) == spec
    assert SourceSpec.model_validate(spec) is spec


def test_reader_options_become_the_text_spark_expects() -> None:
    options = {"header": True, "maxColumns": 20, "sep": ";"}
    spec = SourceSpec.model_validate(flights(**landing(options=options)))
    assert spec.landing.options == {"header": "true", "maxColumns": "20", "sep": ";"}


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"contrct": "x"}, ("contrct",), 'did you mean "contract"?'),
        ({"name": "My Flights"}, ("name",), "small letters"),
        ({"name": "ledger"}, ("name",), "a table of its own under that name"),
        ({"name": 5}, ("name",), "name: given 5, it should be a valid string"),
        ({"contract": "Flights"}, ("contract",), "<module>.<class>"),
        ({"contract": "not a class"}, ("contract",), "expected a Python name"),
        ({"on_violation": "quarantin"}, ("on_violation",), 'did you mean "quarantine"?'),
        ({"block_above": 1.5}, ("block_above",), "less than or equal to 1"),
        ({"block_above": True}, ("block_above",), "given True"),
        ({"owners": ["someone"]}, ("owners", 0), '"team:<name>"'),
        ({"landing": "flights"}, ("landing",), "expected the keys format, path, options"),
        (landing(format="cvs"), ("landing", "format"), 'did you mean "csv"?'),
        (landing(path="flights.csv"), ("landing", "path"), "{partition}"),
        (landing(path="{partition}/{day}.csv"), ("landing", "path"), "stray {"),
        (landing(path="/flights/{partition}"), ("landing", "path"), "below the landing root"),
        (landing(path="a/../{partition}"), ("landing", "path"), "below the landing root"),
        (landing(options={"a": [1]}), ("landing", "options", "a"), "valid string"),
        (partitions(every="dayly"), ("partitions", "every"), 'did you mean "day"?'),
        (partitions(start="yesterday"), ("partitions", "start"), "valid date"),
        (partitions(end="2012-01-01"), ("partitions", "end"), "not after start"),
        ({"quality": {"min_history": 0}}, ("quality", "min_history"), "greater than or equal"),
        (
            {"quality": {"nulls_expect": []}},
            ("quality", "nulls_expect"),
            'did you mean "nulls_expected"?',
        ),
        (
            {"quality": {"smallest_changes": {"volum": 0.1}}},
            ("quality", "smallest_changes", "volum"),
            'did you mean "volume"?',
        ),
        ({"quality": {"nulls_expected": ["a", "a"]}}, ("quality", "nulls_expected"), "more than"),
        ({"freshness": {"max_delay": "soon"}}, ("freshness", "max_delay"), '"7 days"'),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_would_do(
    changed: dict[str, Any], place: tuple[str | int, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        SourceSpec.model_validate(flights(**changed))
    [error] = refused.value.errors()
    assert error["loc"] == place
    assert said in error["msg"]


def test_the_json_schema_can_be_made() -> None:
    assert SourceSpec.model_json_schema()["required"] == [
        "name",
        "landing",
        "partitions",
        "contract",
    ]


def test_each_measure_has_a_smallest_change() -> None:
    changes = SmallestChanges(volume=0.4)

    assert {m.name: changes.of(m.name) for m in MEASURES} == {
        "volume": 0.4,
        "null_spike": 0.05,
        "duplicates": 0.01,
        "category_explosion": 0.25,
    }

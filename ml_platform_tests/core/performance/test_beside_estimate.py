from __future__ import annotations

from typing import Any

import pytest

from ml_platform.core.performance.beside_estimate import with_estimate

NAMED = {"partition": "2013-01-07", "window": "day", "metric": "brier", "model_version": 2}
ESTIMATE = NAMED | {"value": 0.15, "deviation": 0.02}
UNKNOWN = {"estimated": None, "deviation": None, "error": None}


def beside(**changes: Any) -> dict[str, Any]:
    [found] = with_estimate([NAMED | {"value": 0.2} | changes], [ESTIMATE])
    return {name: found[name] for name in UNKNOWN}


def test_the_error_is_realised_minus_estimated() -> None:
    found = beside()
    assert (found["estimated"], found["deviation"]) == (0.15, 0.02)
    assert found["error"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    "changes",
    [
        {"metric": "f1"},
        {"window": "trailing"},
        {"model_version": 1},
        {"partition": "2013-01-06"},
        {"segment": "origin"},
        {"value": None},
        {"value": float("nan")},
    ],
)
def test_without_its_own_estimate_a_value_stands_alone(changes: dict[str, Any]) -> None:
    assert beside(**changes) == UNKNOWN


def test_an_undefined_estimate_is_none() -> None:
    row = NAMED | {"value": 0.2}
    [found] = with_estimate([row], [ESTIMATE | {"value": float("nan")}])
    assert found["estimated"] is None

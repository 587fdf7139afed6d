from __future__ import annotations

import pytest

from ml_platform.core.labels import (
    LabelAnomalies,
    expected_labels,
    label_join_outcome,
    refused_outcome,
)
from ml_platform.core.model_spec import LabelSpec
from ml_platform.core.task import BINARY_CLASSIFICATION, REGRESSION
from ml_platform.core.verdict import Verdict

NONE = LabelAnomalies(unknown=0, conflicting=0, corrected=0)


def test_labels_of_known_events_pass_with_their_coverage() -> None:
    outcome = label_join_outcome(90, 100, NONE)

    assert outcome.verdict is Verdict.PASSED
    assert outcome.numbers["coverage"] == 0.9
    assert outcome.sentence.startswith(
        "90 of 100 events labelled (90.0%); labels for unknown events: 0"
    )


def test_a_corrected_label_counts_once_and_is_nothing_odd() -> None:
    outcome = label_join_outcome(92, 100, LabelAnomalies(unknown=0, conflicting=0, corrected=2))

    assert outcome.verdict is Verdict.PASSED
    assert outcome.numbers["coverage"] == 0.9


@pytest.mark.parametrize(
    "odd",
    [
        LabelAnomalies(unknown=3, conflicting=0, corrected=0),
        LabelAnomalies(unknown=0, conflicting=3, corrected=0),
    ],
)
def test_labels_that_fit_no_event_or_contradict_each_other_warn(odd: LabelAnomalies) -> None:
    outcome = label_join_outcome(93, 100, odd)

    assert outcome.verdict is Verdict.WARNED
    assert f"unknown events: {odd.unknown}, conflicting: {odd.conflicting}" in outcome.sentence


def test_labels_for_unknown_events_cover_none() -> None:
    odd = LabelAnomalies(unknown=3, conflicting=0, corrected=0)

    assert label_join_outcome(93, 100, odd).numbers["coverage"] == 0.9


@pytest.mark.parametrize(("events", "anomalies"), [(None, None), (0, NONE), (100, None)])
def test_labels_before_their_events_are_not_evaluated(
    events: int | None, anomalies: LabelAnomalies | None
) -> None:
    outcome = label_join_outcome(90, events, anomalies)

    assert outcome.verdict is Verdict.NOT_EVALUATED
    assert outcome.sentence == "90 labels came before the events of the partition"


def test_no_labels_yet_is_not_evaluated_and_says_so() -> None:
    outcome = label_join_outcome(0, 100, None)

    assert outcome.verdict is Verdict.NOT_EVALUATED
    assert outcome.sentence == "no labels have come yet"


def label(**other: object) -> LabelSpec:
    return LabelSpec.model_validate({"column": "trend", "available_after": "1 day", **other})


def test_what_is_no_label_is_told_with_the_values_and_what_would_do() -> None:
    expected = expected_labels(BINARY_CLASSIFICATION, label())
    outcome = refused_outcome(0, {"UP": 12, "DOWN": 8}, expected)
    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == (
        '20 of 20 values are no label and taken for none: "UP" 12 times, "DOWN" 8 times; '
        "expected 0 and 1, or say which value means yes: label: {positive: ...}"
    )
    assert outcome.table == ({"value": "UP", "rows": 12}, {"value": "DOWN", "rows": 8})


def test_many_values_that_are_no_label_are_counted_and_a_few_are_named() -> None:
    expected = expected_labels(BINARY_CLASSIFICATION, label(positive="yes", negative="no"))
    outcome = refused_outcome(5, {str(n): 1 for n in range(7)}, expected)
    assert outcome.sentence.endswith(
        '"4" 1 times and 2 other values; expected "yes" or "no", as label.positive and '
        "label.negative say"
    )
    assert expected_labels(REGRESSION, label()) == "a number"
    assert refused_outcome(1, {"x": 1}, "a number").sentence.startswith("1 of 2 values is no label")

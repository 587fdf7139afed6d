from __future__ import annotations

import pytest

from ml_platform.core.labels import LabelAnomalies, label_join_outcome
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

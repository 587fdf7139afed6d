"""Failures are alike whatever partition, file, number or identifier they name."""

from __future__ import annotations

import pytest

from ml_platform.core.ingestion.failure_cause import failure_cause


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no file /a/2013-01-02.csv", "no file /b c/../landing/2014-11-30.csv".replace(" c", "")),
        ("orders of 2013-01-02 has not landed", "orders of 2013-01-03-06:00 has not landed"),
        ("stage 12.0 failed 1 times in 3.5 s", "stage 904.0 failed 4 times in 17 s"),
        (
            "run 0b4f9c1e-93a7-4b2a-8f5c-0123456789ab broke",
            "run 11111111-93a7-4b2a-8f5c-ba9876543210 broke",
        ),
        ("partitions 2013-01-01, 2013-01-02, 2013-01-03 fail", "partitions 2013-01-09 fail"),
        ("object at 0x7f00ab12", "object at 0x7fffffff01"),
        ("\n  two lines\n\ncount\nno third", "two lines\ncount\nnor this"),
        ("builtins.OSError: gone", "gone"),
    ],
)
def test_what_varies_from_day_to_day_does_not_count(one: str, other: str) -> None:
    assert failure_cause("raw", "OSError", one) == failure_cause("raw", "OSError", other)


@pytest.mark.parametrize(
    "other",
    [
        ("features", "ValueError", "no column amount"),
        ("raw", "KeyError", "no column amount"),
        ("raw", "ValueError", "no column price"),
    ],
)
def test_another_step_error_or_sentence_is_another_cause(other: tuple[str, str, str]) -> None:
    assert failure_cause("raw", "ValueError", "no column amount") != failure_cause(*other)


def test_a_cause_is_short_and_says_what_there_is_to_say() -> None:
    assert failure_cause("raw", "", "") == "raw"
    assert len(failure_cause("raw", "ValueError", "long " * 500)) < 330

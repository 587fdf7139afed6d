"""Only patterns that Java and Arrow's engine read alike are judged by Arrow."""

from __future__ import annotations

import pytest

from ml_platform.spark.contract_arrow_text import is_common_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}$",
        r"(\d{3}-)?\d+",
        "a|b|(?:cd)*",
        r"[\w.+-]+@[a-z-]+\.(com|org)",
        "a.?b",
        r"\$\(x\)",
    ],
)
def test_plain_patterns_are_read_alike(pattern: str) -> None:
    assert is_common_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s", r"\bx", "a++", "(?=a)", "(?i)a", "(?<n>a)", r"(a)\1", r"\p{L}", "[[a]]", "[a&&b]",
        r"\Qa\E", "é", "a{,3}", "[a-Z]", "(a", "a{2000}", r"\h", "x{a}", r"\Z", "[^]a]",
    ],
)  # fmt: skip
def test_patterns_that_java_may_read_otherwise_are_left_to_it(pattern: str) -> None:
    assert not is_common_pattern(pattern)

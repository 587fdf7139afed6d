"""Declared dtypes fall into three kinds."""

import pytest

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.errors import ConfigError


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("float32", ColumnKind.NUMBER),
        ("Int64", ColumnKind.NUMBER),
        ("boolean", ColumnKind.NUMBER),
        ("string", ColumnKind.TEXT),
        ("object", ColumnKind.TEXT),
        ("timestamp", ColumnKind.TIME),
        ("date", ColumnKind.TIME),
    ],
)
def test_a_dtype_has_a_kind_whatever_its_width(dtype: str, kind: ColumnKind) -> None:
    assert column_kind(dtype) is kind


def test_a_dtype_no_model_takes_is_refused_with_those_it_does() -> None:
    with pytest.raises(ConfigError, match="declare float64, int64, bool, string or datetime64"):
        column_kind("array<double>")

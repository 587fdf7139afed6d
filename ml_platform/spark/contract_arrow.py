"""pandera's built-in checks as conditions on Arrow values, where Spark's semantics are certain.

Each condition says of values without nulls which of them fail, exactly as the condition of
``contract_checks`` does in Spark: NaN equals NaN and is larger than every number, -0.0 equals 0.0,
text is compared by its bytes and measured in code points. What would need Spark's rules of
conversion (a number given for a text column, a date for a timestamp, any decimal) or Java's own
regular expressions has no condition here and is left to Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import types as T

from ml_platform.spark.contract_arrow_order import order_condition
from ml_platform.spark.contract_arrow_text import text_condition

ArrowCondition = Callable[[pa.Array], np.ndarray | None]
"""From values without nulls to a boolean per value, true where it fails.

None where these very values are beyond what Arrow and Spark agree on.
"""


def arrow_condition(
    check: str, arguments: Mapping[str, Any], dtype: T.DataType
) -> ArrowCondition | None:
    """The condition under which a value fails a built-in check; None if only Spark can tell.

    Args:
        check: pandera's name of the check, such as ``in_range``.
        arguments: what the check was declared with, by name.
        dtype: Spark type of the column.
    """
    if dtype == T.StringType() or isinstance(dtype, T.BinaryType):
        return text_condition(check, arguments, dtype)
    return order_condition(check, arguments, dtype)

"""Profile every column of every partition and segment in one pass over the rows.

Counts are sent, not rows: kilobytes from each task, which add up. A table's own Parquet files are
read with Arrow; any other rows come as a DataFrame. Both bin with `numeric_profile`, so that they
agree with each other and with arrays of the same values.
"""

from __future__ import annotations

from pyspark.sql import DataFrame

from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan
from ml_platform.spark.profile_files import ProfiledFiles
from ml_platform.spark.profile_frame import profile_frame

__all__ = ["ProfiledFiles", "profile_pass"]


def profile_pass(rows: ProfiledFiles | DataFrame, plan: ProfilePlan) -> list[PartitionProfile]:
    """The profiles of some rows: partitions ascending, then segments, then columns as planned.

    Works on a classic session and over Spark Connect. What has no rows has no profile.

    Args:
        rows: Files of a table, several times faster; or a DataFrame with the text column
            ``partition``.
        plan: What is to be counted.

    Raises:
        UserError: The rows lack a column of the plan.
    """
    if isinstance(rows, ProfiledFiles):
        return rows.profile(plan)
    return profile_frame(rows, plan)

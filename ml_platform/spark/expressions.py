"""Folding many expressions or frames into one, whatever their number.

Spark Connect sends plans as protobuf messages, which may be nested 100 deep at most, and Spark's
own analyser goes down a plan recursively. Folded from the left, ``a | b | c | ...`` is as deep as
it is long; folded as a balanced tree, 2,000 conditions are 11 deep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import and_, or_
from typing import TypeVar

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Folded = TypeVar("Folded")


def any_of(conditions: Sequence[Column]) -> Column:
    """True where any of the conditions is; null or false where none is, false of none at all."""
    return balanced(or_, conditions) if conditions else F.lit(False)


def all_of(conditions: Sequence[Column]) -> Column:
    """True where each of the conditions is; null or false elsewhere, true of none at all."""
    return balanced(and_, conditions) if conditions else F.lit(True)


def union_of(frames: Sequence[DataFrame]) -> DataFrame:
    """The rows of all frames, which have the same columns in any order; at least one frame."""
    return balanced(DataFrame.unionByName, frames)


def balanced(join: Callable[[Folded, Folded], Folded], parts: Sequence[Folded]) -> Folded:
    """Fold parts in their order by an associative operation, as a balanced tree.

    Raises:
        IndexError: of no parts at all.

    >>> balanced(lambda a, b: f"({a} {b})", "abcde")
    '((a b) (c (d e)))'
    """
    if len(parts) < 2:
        return parts[0]
    middle = len(parts) // 2
    return join(balanced(join, parts[:middle]), balanced(join, parts[middle:]))

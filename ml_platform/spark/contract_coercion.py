"""Landed text -> typed value. What does not parse becomes null, never a failed job."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

_WHOLE_NUMBERS = (T.ByteType, T.ShortType, T.IntegerType, T.LongType)
_FRACTIONS = (T.FloatType, T.DoubleType)

# Java reads "1d" and "0x1p3" as numbers; nobody who lands them means that.
_JAVA_ONLY_NUMBER = r"[\d.][dDfF]\s*$|[xX]"
# pandas writes a whole number as "12.0" once the column holds a null.
_WHOLE_WITH_POINT = r"^(\s*[+-]?\d+)\.0*\s*$"
# Java and JavaScript write a large double so: 2.024031E7 is a day, exactly.
_WITH_EXPONENT = r"^\s*[+-]?\d+(\.\d{1,18})?[eE]\+?\d{1,2}\s*$"
_EXACT_DOUBLE = 2**53
# Spark's own cast takes "2013-01-05 junk" for a date, "2013" for New Year and "T12:00" for today.
_DATE = r"^\s*\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?Z?)?\s*$"
_TIMESTAMP = r"^\s*\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6}0*)?)?\s*([^\s\d.:]\S*)?)?\s*$"


def can_coerce(dtype: T.DataType) -> bool:
    """Whether landed text can be read as this type (nested types cannot)."""
    return _coercion(dtype) is not None


def coerce(text: Column, dtype: T.DataType) -> Column:
    """Read text as a type; null where it does not parse or is beyond the type's range.

    Whole numbers may end in ``.0``; dates and timestamps are ISO 8601. ``inf``, ``nan`` and
    numbers beyond a double's range parse here, as they do in Java: see ``not_finite``.
    """
    coercion = _coercion(dtype)
    if coercion is None:
        raise TypeError(f"landed text cannot be read as {dtype.simpleString()}")
    return coercion(text, dtype)


def can_be_infinite(dtype: T.DataType) -> bool:
    """Whether the type has infinities and NaN."""
    return isinstance(dtype, _FRACTIONS)


def not_finite(value: Column) -> Column:
    """True where a double or float is infinite or NaN."""
    return F.isnan(value) | (F.abs(value) == float("inf"))


def _coercion(dtype: T.DataType) -> Callable[[Column, T.DataType], Column] | None:
    for types, coercion in _COERCIONS:
        if isinstance(dtype, types):
            return coercion
    return None


def _whole_number(text: Column, dtype: T.DataType) -> Column:
    without_point = F.regexp_replace(text, _WHOLE_WITH_POINT, "$1")
    return F.coalesce(
        text.try_cast(dtype), without_point.try_cast(dtype), _exact_exponent(text).try_cast(dtype)
    )


def _exact_exponent(text: Column) -> Column:
    """A whole number written with an exponent, as long as doubles tell it from its neighbours."""
    number = F.when(text.rlike(_WITH_EXPONENT), text.try_cast(T.DecimalType(38, 18)))
    return F.when((number == F.floor(number)) & (F.abs(number) <= _EXACT_DOUBLE), number)


def _fraction(text: Column, dtype: T.DataType) -> Column:
    return F.when(~text.rlike(_JAVA_ONLY_NUMBER), text.try_cast(dtype))


def _date(text: Column, dtype: T.DataType) -> Column:
    return F.when(text.rlike(_DATE), text.try_cast(dtype))


def _timestamp(text: Column, dtype: T.DataType) -> Column:
    return F.when(text.rlike(_TIMESTAMP), text.try_cast(dtype))


def _decimal(text: Column, dtype: T.DataType) -> Column:
    """A decimal that has all of its digits: Spark's own cast rounds them away."""
    assert isinstance(dtype, T.DecimalType)
    value = text.try_cast(dtype)
    finer = text.try_cast(T.DecimalType(38, 38 - (dtype.precision - dtype.scale)))
    fits = text.rlike(rf"^\s*[+-]?\d*(\.\d{{0,{dtype.scale}}}0*)?\s*$")
    return F.when(fits | (text.rlike("[eE]") & (value == finer)), value)


def _as_spark_reads_it(text: Column, dtype: T.DataType) -> Column:
    return text.try_cast(dtype)


def _as_it_is(text: Column, dtype: T.DataType) -> Column:
    return text


_COERCIONS: tuple[tuple[tuple[type, ...], Callable[[Column, T.DataType], Column]], ...] = (
    ((T.StringType,), _as_it_is),
    (_WHOLE_NUMBERS, _whole_number),
    (_FRACTIONS, _fraction),
    ((T.DateType,), _date),
    ((T.TimestampType, T.TimestampNTZType), _timestamp),
    ((T.DecimalType,), _decimal),
    ((T.BooleanType, T.BinaryType), _as_spark_reads_it),
)

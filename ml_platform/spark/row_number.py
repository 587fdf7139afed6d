"""Exact row numbers of a text file that Spark may read in several pieces at once."""

from __future__ import annotations

import re

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ml_platform.core.landing import LandedFile

_PIECE = "_piece"
_ORDINAL = "_ordinal"
# monotonically_increasing_id() counts the rows of a task in its lower 33 bits.
_WITHIN_TASK = (1 << 33) - 1
# Spark never cuts files into pieces smaller than the smaller one of these.
_PIECE_SIZES = ("spark.sql.files.openCostInBytes", "spark.sql.files.maxPartitionBytes")


def row_number(lines: DataFrame, file: LandedFile, one_piece: bool) -> DataFrame:
    """Add ``_row_number``, the 1-based position of the row in its file.

    A file that Spark certainly reads in one piece is numbered as it is read. A larger one takes
    one job before, which counts the rows of each piece; reading then stays parallel.

    Args:
        lines: one file, read as text or CSV, as it comes from the reader.
        file: the file that was read.
        one_piece: it cannot be split, whatever its size.
    """
    ordinal = F.monotonically_increasing_id().bitwiseAND(_WITHIN_TASK)
    if one_piece or file.path.endswith(".gz") or file.size <= _never_split(lines):
        return lines.withColumn("_row_number", ordinal + 1)
    piece = F.col("_metadata.file_block_start")
    numbered = lines.select("*", piece.alias(_PIECE), ordinal.alias(_ORDINAL))
    shift = F.element_at(_shifts(numbered), F.col(_PIECE))
    return numbered.withColumn("_row_number", F.col(_ORDINAL) + shift).drop(_PIECE, _ORDINAL)


def _shifts(numbered: DataFrame) -> Column:
    """Per piece, what to add to a row's place in its task: one task may read several pieces."""
    pieces = (
        numbered.groupBy(_PIECE)
        .agg(F.count(F.lit(1)).alias("rows"), F.min(_ORDINAL).alias("first"))
        .orderBy(_PIECE)
        .collect()
    )
    entries, before = [], 0
    for piece in pieces:
        entries += [F.lit(piece[_PIECE]), F.lit(before - piece["first"] + 1)]
        before += piece["rows"]
    return F.create_map(*entries)


def _never_split(lines: DataFrame) -> int:
    """Bytes up to which a file is one piece; 0 if the configuration is not plainly in bytes."""
    sizes = [str(lines.sparkSession.conf.get(key)) for key in _PIECE_SIZES]
    plain = [re.fullmatch(r"(\d+)b?", size, re.IGNORECASE) for size in sizes]
    return min((int(found[1]) if found else 0) for found in plain)

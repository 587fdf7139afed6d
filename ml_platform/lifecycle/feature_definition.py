"""How the features of whole days are made: as declared now, or as a version has it of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ml_platform.core import names
from ml_platform.core.model_spec import SourcesSpec
from ml_platform.estimators.artifact import load_batch_code
from ml_platform.estimators.packed_code import pack
from ml_platform.spark.contract import compile_contract
from ml_platform.spark.contract_keys import partition_of
from ml_platform.spark.packed_functions import ship_with_functions
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.registered_version import RegisteredVersion

if TYPE_CHECKING:
    from ml_platform.lifecycle.model import FeatureFunction, Model

FEATURE_CODE = "_feature_code"
"""A column of the features: the digest of the code that made the row, null where none is kept."""


@dataclass(frozen=True)
class FeatureDefinition:
    """The team's feature function with all that decides what it makes of the validated tables.

    Attributes:
        function: called with primary, lookups and history.
        lookback: how far back history goes.
        sources: the tables it is given.
        digest: of its code; None where the function is no module's, and its code not kept.
    """

    function: FeatureFunction
    lookback: timedelta
    sources: SourcesSpec
    digest: str | None

    def features(
        self, model: Model, lake: Lake, spark: SparkSession, partitions: Sequence[str]
    ) -> DataFrame:
        """Features of partitions that follow one another, with the digest of what made them."""
        sources = self.sources
        earlier = model.calendar.before(partitions[0], self.lookback)

        def read(table: str, wanted: Sequence[str]) -> DataFrame:
            kept = lake.table(names.table_of(names.validated(table)))
            contract = model.contracts.get(table)
            if contract is None:  # a lookup that is no longer declared: as it lies there
                return kept.read(spark, wanted)
            fields = compile_contract(contract).spark_schema.fields
            if not kept.exists():
                # Labels come a day after the first events: until then their history is empty.
                partition = StructField(names.PARTITION, StringType())
                return spark.createDataFrame([], StructType([*fields, partition]))
            # Of a column that is no longer declared, newer rows hold nothing: it is not there.
            there = kept.schema().names
            declared = [field.name for field in fields if field.name in there]
            return kept.read(spark, wanted, columns=[*declared, names.PARTITION])

        lookups = {t: read(t, [*earlier[-1:], *partitions]) for t in sources.lookups}
        # Labels of a range's own days are history to its later days.
        known = [*earlier, *partitions[:-1]]
        history = {t: read(t, known) for t in (sources.primary, sources.labels)}
        made = self.function(read(sources.primary, partitions), lookups, history)
        return made if self.digest is None else made.withColumn(FEATURE_CODE, F.lit(self.digest))


def declared_definition(model: Model) -> FeatureDefinition:
    """What features.py says today."""
    module = model.features_module
    digest = pack(module).digest if module is not None else None
    return FeatureDefinition(model.features, model.lookback, model.spec.sources, digest)


def own_definition(version: RegisteredVersion) -> FeatureDefinition | None:
    """What features.py said when a version was trained; None of one from before that was kept.

    Raises:
        StoreError: its code was altered, or cannot be loaded here.
    """
    code = load_batch_code(version.path, version.manifest_sha256)
    if code is None:
        return None
    ship_with_functions(code.module)
    return FeatureDefinition(
        code.module.features,
        timedelta(days=getattr(code.module, "LOOKBACK_DAYS", 0)),
        SourcesSpec.model_validate(code.declared["sources"]),
        code.digest,
    )


def made_by(table: LakeTable, partitions: Sequence[str]) -> Mapping[str, str | None]:
    """The digest of the code that made each of these partitions that has rows.

    None where it is not recorded, or not the same for all rows. The files' footers tell: no row is
    read.
    """
    found: dict[str, set[str | None]] = {}
    for path in table.files(partitions) if table.exists() else ():
        codes = set(_codes(pq.read_metadata(path)))
        found.setdefault(unquote(partition_of(path)), set()).update(codes)
    return {p: next(iter(each)) if len(each) == 1 else None for p, each in found.items() if each}


def _codes(footer: pq.FileMetaData) -> Iterator[str | None]:
    """The one digest of each row group, None where it has none or several."""
    names_of_columns = [footer.schema.column(i).path for i in range(len(footer.schema))]
    for group in range(footer.num_row_groups):
        if FEATURE_CODE not in names_of_columns:
            yield None
            continue
        place = names_of_columns.index(FEATURE_CODE)
        bounds = footer.row_group(group).column(place).statistics
        known = bounds is not None and bounds.has_min_max and not bounds.null_count
        yield bounds.min if known and bounds.min == bounds.max else None


def in_ranges(partitions: Collection[str], every: Sequence[str]) -> list[list[str]]:
    """Partitions in ranges without a gap: what looks back within a range needs all of its days.

    Args:
        partitions: those that are wanted.
        every: all that there are, in order.

    >>> in_ranges({"1", "2", "5"}, ["1", "2", "4", "5"])
    [['1', '2'], ['5']]
    """
    ranges: list[list[str]] = [[]]
    for partition in every:
        if partition in partitions:
            ranges[-1].append(partition)
        elif ranges[-1]:
            ranges.append([])
    return [each for each in ranges if each]


def made_anew(
    definition: FeatureDefinition,
    model: Model,
    lake: Lake,
    spark: SparkSession,
    partitions: Collection[str],
) -> DataFrame:
    """Features of any partitions, range by range. There must be one at least."""
    first, last = min(partitions), max(partitions)
    ranges = in_ranges(set(partitions), model.calendar.keys_between(first, last))
    made = [definition.features(model, lake, spark, each) for each in ranges]
    return reduce(DataFrame.unionByName, made)

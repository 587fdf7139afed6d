"""Schemas of lake tables: the one JSON form that Delta and Spark share, so no JVM is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import Schema as DeltaSchema

from ml_platform.core.errors import StoreError
from ml_platform.core.names import PARTITION

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

NAIVE = "timestamp_ntz"
UNTYPED = "void"


@dataclass(frozen=True)
class LakeSchema:
    """The columns of a table, every one nullable, the partition column (if any) last.

    Attributes:
        types: column name -> its type in Delta's JSON form (a name, or a nested dict).
    """

    types: dict[str, Any]

    @classmethod
    def of_frame(cls, frame: DataFrame) -> LakeSchema:
        """The schema of a Spark DataFrame, classic or over Spark Connect."""
        return cls._of_json(frame.schema.json())

    @classmethod
    def of_arrow(cls, schema: pa.Schema) -> LakeSchema:
        """The schema a pyarrow table gets in the lake (dictionaries become plain values).

        Raises:
            StoreError: when a column's type cannot be stored.
        """
        return cls({field.name: _type_of_arrow(field) for field in schema})._partition_last()

    @classmethod
    def of_delta(cls, schema: DeltaSchema) -> LakeSchema:
        """The schema of a Delta table."""
        return cls._of_json(schema.to_json())

    @classmethod
    def _of_json(cls, text: str) -> LakeSchema:
        fields = json.loads(text)["fields"]
        return cls({each["name"]: _relaxed(each["type"]) for each in fields})._partition_last()

    def _partition_last(self) -> LakeSchema:
        """Evolution appends columns behind the partition column; readers expect it last."""
        if PARTITION not in self.types:
            return self
        others = {name: kind for name, kind in self.types.items() if name != PARTITION}
        return LakeSchema({**others, PARTITION: self.types[PARTITION]})

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return list(self.types)

    def to_delta(self) -> DeltaSchema:
        """As delta-rs takes it."""
        return DeltaSchema.from_json(self._to_json())

    def to_arrow(self) -> pa.Schema:
        """As pyarrow reads it: plain strings, timestamps in UTC microseconds."""
        return pa.schema(self.to_delta().to_arrow())

    def to_spark(self) -> StructType:
        """As Spark reads it."""
        from pyspark.sql.types import StructType

        return StructType.fromJson(json.loads(self._to_json()))

    def _to_json(self) -> str:
        fields = [
            {"name": name, "type": kind, "nullable": True, "metadata": {}}
            for name, kind in self.types.items()
        ]
        return json.dumps({"type": "struct", "fields": fields})

    def check_storable(self, table: str) -> None:
        """Refuse columns without a type.

        Raises:
            StoreError: naming the column.
        """
        for name, kind in self.types.items():
            if UNTYPED in json.dumps(kind):
                raise StoreError(
                    f"table {table}: column '{name}' has no type because it holds nothing but "
                    "missing values; cast it to the type it should have"
                )

    def columns_to_add(
        self, table: str, existing: LakeSchema, narrower: bool = False
    ) -> LakeSchema:
        """The columns that a table must gain before rows of this schema fit into it.

        A struct may have fields that the table's has not, and lack others: what one model version
        is asked and another is not. Rows hold null for the fields that they lack.

        Args:
            table: name of the table, for the message.
            existing: the schema the table has now.
            narrower: the rows may lack columns of the table, and hold null for them.

        Returns:
            The new columns, and the structs that gain fields, whole; empty when the rows fit as
            they are.

        Raises:
            StoreError: when a column is missing here, or has another type there.
        """
        grown = {}
        for name, kind in existing.types.items():
            if name not in self.types:
                if narrower:
                    continue
                raise StoreError(
                    f"table {table}: the new rows lack the column '{name}' that the table has; "
                    "add it (null where unknown) or write to a new table"
                )
            united = _united(kind, self.types[name])
            if united is None:
                raise StoreError(
                    f"table {table}: column '{name}' is {_spell(kind)} in the table but "
                    f"{_spell(self.types[name])} in the new rows; cast it or write to a new table"
                )
            if united != kind:
                grown[name] = united
        new = {n: k for n, k in self.types.items() if n not in existing.types}
        return LakeSchema({**grown, **new})


def _type_of_arrow(field: pa.Field) -> Any:
    """One pyarrow column's type in Delta's JSON form."""
    kind = field.type
    if pa.types.is_timestamp(kind):  # Delta knows microseconds only, in UTC or naive
        return "timestamp" if kind.tz else NAIVE
    try:
        schema = DeltaSchema.from_arrow(pa.schema([pa.field(field.name, kind)]))
    except Exception as error:  # delta-rs raises a bare Exception here
        raise StoreError(f"column '{field.name}': the lake cannot store {kind}") from error
    return _relaxed(json.loads(schema.to_json())["fields"][0]["type"])


def _relaxed(kind: Any) -> Any:
    """A type with every nested part nullable and without engine-private metadata."""
    if not isinstance(kind, dict):
        return kind
    if kind["type"] == "struct":
        fields = [
            {"name": f["name"], "type": _relaxed(f["type"]), "nullable": True, "metadata": {}}
            for f in kind["fields"]
        ]
        return {"type": "struct", "fields": fields}
    if kind["type"] == "array":
        element = _relaxed(kind["elementType"])
        return {"type": "array", "elementType": element, "containsNull": True}
    return {
        "type": "map",
        "keyType": _relaxed(kind["keyType"]),
        "valueType": _relaxed(kind["valueType"]),
        "valueContainsNull": True,
    }


def _united(kind: Any, other: Any) -> Any:
    """The type that holds values of both, a struct the fields of either; None if there is none.

    >>> _united("long", "string") is None
    True
    """
    if kind == other:
        return kind
    if not (_is_struct(kind) and _is_struct(other)):
        return None
    fields = {f["name"]: f for f in kind["fields"]}
    for field in other["fields"]:
        there = fields.setdefault(field["name"], field)
        if (united := _united(there["type"], field["type"])) is None:
            return None
        fields[field["name"]] = {**there, "type": united}
    return {"type": "struct", "fields": list(fields.values())}


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, dict) and kind["type"] == "struct"


def _spell(kind: Any) -> str:
    """A type as a person reads it.

    >>> _spell({"type": "array", "elementType": "long", "containsNull": True})
    'array<long>'
    """
    if not isinstance(kind, dict):
        return str(kind)
    if kind["type"] == "struct":
        inner = ", ".join(f"{f['name']}: {_spell(f['type'])}" for f in kind["fields"])
        return f"struct<{inner}>"
    if kind["type"] == "array":
        return f"array<{_spell(kind['elementType'])}>"
    return f"map<{_spell(kind['keyType'])}, {_spell(kind['valueType'])}>"

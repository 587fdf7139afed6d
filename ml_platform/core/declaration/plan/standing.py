"""The two sides that a plan compares: what is declared now, and what runs in a home."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.model_spec import ModelSpec


@dataclass(frozen=True)
class DeclaredTable:
    """A source table as declared now.

    Attributes:
        name: of the table.
        columns: of its contract, with their types.
        calendar: how it is cut.
    """

    name: str
    columns: Mapping[str, str]
    calendar: Calendar


@dataclass(frozen=True)
class DeclaredModel:
    """A model as declared now.

    Attributes:
        spec: its declaration.
        inputs: of its preprocessing, with their types.
        request_code: digest of preprocess.py and what it imports of the team's own.
        batch_code: the same of features.py.
    """

    spec: ModelSpec
    inputs: Mapping[str, str]
    request_code: str
    batch_code: str


@dataclass(frozen=True)
class RunningTable:
    """A source table as it is in the lake.

    Attributes:
        columns: of its valid rows, with their types.
        partitions: that hold rows, in order.
    """

    columns: Mapping[str, str]
    partitions: Sequence[str]


@dataclass(frozen=True)
class Champion:
    """The version of a model that is live.

    Attributes:
        version: its number.
        spec: the declaration it was trained by.
        inputs: that it takes, with their types.
        request_code: as in `DeclaredModel`; None of a version from before code was kept.
        batch_code: the same.
        names: words that its own features.py, or what it imports, has in its texts: columns it
            may read.
    """

    version: int
    spec: ModelSpec
    inputs: Mapping[str, str]
    request_code: str | None
    batch_code: str | None
    names: Collection[str] = ()


@dataclass(frozen=True)
class RunningModel:
    """A model as it stands in a home.

    Attributes:
        champion: None before the first.
        log: whether anything was logged for it.
        features: columns of its features, with their types; empty before the first.
        partitions: how many partitions have features.
    """

    champion: Champion | None = None
    log: bool = False
    features: Mapping[str, str] = field(default_factory=dict)
    partitions: int = 0

"""``ManagedModel``: a declared model becomes the whole loop, stage after stage."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import ModuleType

from dagster import Component, ComponentLoadContext, Definitions, SensorDefinition
from pydantic import BaseModel

from ml_platform.components.declared_code import code_mistakes, column_mistakes, file_of
from ml_platform.components.declared_module import declared_module, package_of, place_of
from ml_platform.components.source_table import SourceTable
from ml_platform.core.declaration.mistake import DeclarationError, Mistake
from ml_platform.core.ingestion.alike import cut_otherwise
from ml_platform.core.model_spec import ModelSpec
from ml_platform.lifecycle.candidate import candidate_asset
from ml_platform.lifecycle.drift import drift_asset
from ml_platform.lifecycle.estimated_performance import estimated_performance_asset
from ml_platform.lifecycle.evaluation import evaluation_asset
from ml_platform.lifecycle.features import features_asset
from ml_platform.lifecycle.inference_log import inference_log_asset
from ml_platform.lifecycle.labels import labels_asset
from ml_platform.lifecycle.live_parity import live_parity_check, live_parity_schedule
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.performance import performance_asset
from ml_platform.lifecycle.predictions import predictions_asset
from ml_platform.lifecycle.probe import probe_sensor
from ml_platform.lifecycle.profiles import profiles_asset
from ml_platform.lifecycle.promotion import champion_asset
from ml_platform.lifecycle.reference import reference_asset
from ml_platform.lifecycle.request_log import request_log_asset, request_log_sensor
from ml_platform.lifecycle.retraining import retraining_sensor
from ml_platform.lifecycle.rollout import rollout_sensor
from ml_platform.lifecycle.service_report import service_report_asset, service_report_schedule
from ml_platform.lifecycle.training_set import training_set_asset
from ml_platform.lifecycle.verdict import verdict_asset
from ml_platform.stores.settings import Settings

LIFECYCLE = (
    features_asset,
    training_set_asset,
    candidate_asset,
    reference_asset,
    evaluation_asset,
    champion_asset,
    predictions_asset,
    inference_log_asset,
    request_log_asset,
    labels_asset,
    performance_asset,
    profiles_asset,
    drift_asset,
    estimated_performance_asset,
    verdict_asset,
    service_report_asset,
)
"""The order of the loop; the retraining sensor closes it."""


class ManagedModel(Component):
    """A model that is trained, gated, promoted, watched and retrained by itself.

    The attributes are those of ``ModelSpec``; features and preprocessing are modules beside the
    declaration.
    """

    def __init__(self, spec: ModelSpec, package: str) -> None:
        """Hold a declaration that was checked already, and the package it stands in."""
        self.spec = spec
        self.package = package

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """What may be declared."""
        return ModelSpec

    @classmethod
    def load(cls, attributes: BaseModel | None, context: ComponentLoadContext) -> "ManagedModel":
        """Make the component from its checked attributes."""
        assert isinstance(attributes, ModelSpec)
        return cls(attributes, package_of(context))

    def model(self, tables: Sequence[SourceTable]) -> Model:
        """The model with its code and partitions.

        Args:
            tables: all declared source tables.

        Raises:
            DeclarationError: a source, a module, a column or something a module must have does not
                exist, or a table has the model's name.
        """
        preprocess, features = self.code()
        sources = {name: table.source() for name, table in self._sources(tables).items()}
        self._refuse_all(list(column_mistakes(self.spec, preprocess, features, sources)))
        return Model(
            spec=self.spec,
            calendar=sources[self.spec.sources.primary].calendar,
            features=features.features,
            lookback=timedelta(days=getattr(features, "LOOKBACK_DAYS", 0)),
            lineage=getattr(features, "LINEAGE", {}),
            inputs=preprocess.INPUTS,
            preprocess_module=preprocess.__name__,
            contracts={name: source.contract for name, source in sources.items()},
            features_module=features.__name__,
        )

    def code(self) -> tuple[ModuleType, ModuleType]:
        """The modules beside the declaration: preprocessing, features.

        Raises:
            DeclarationError: one does not exist, cannot be imported, or lacks something.
        """
        # Preprocessing first: features import INPUTS from it, and a fault is of where it began.
        preprocess = declared_module(self.package, self.spec.preprocess, "preprocess")
        self._require(preprocess, ("INPUTS", "FEATURES", "transform"))
        features = declared_module(self.package, self.spec.features, "features")
        self._require(features, ("features",))
        self._refuse_all(list(code_mistakes(preprocess, features)))
        return preprocess, features

    def build_defs(self, context: ComponentLoadContext) -> Definitions:
        """The assets, checks, sensors and schedules of the model."""
        model = self.model(context.component_tree.get_all_components(of_type=SourceTable))
        return Definitions(
            assets=[stage(model) for stage in LIFECYCLE],
            asset_checks=[live_parity_check(model)],
            sensors=_sensors(model, Settings.from_env()),
            schedules=[service_report_schedule(model), live_parity_schedule(model)],
        )

    def _sources(self, tables: Sequence[SourceTable]) -> dict[str, SourceTable]:
        """The tables that the model reads."""
        by_name = {table.spec.name: table for table in tables}
        sources = self.spec.sources
        named = [("primary", sources.primary), ("labels", sources.labels)]
        named += [("lookups", table) for table in sources.lookups]
        for key, name in named:
            if name not in by_name:
                self._refuse(
                    f"sources.{key}",
                    f'there is no table "{name}"; declared under defs/sources are '
                    f"{', '.join(sorted(by_name)) or 'none'}",
                )
        # Its assets and tables would be mixed with those of the source, in one group and folder.
        if same := by_name.get(self.spec.name):
            self._refuse(
                "name",
                f'"{self.spec.name}" is the name of a table too, in '
                f"{place_of(same.package, 'name')}; give one of them another name",
            )
        self._tables_are_cut_alike(by_name, named)
        return {name: by_name[name] for _, name in named}

    def _tables_are_cut_alike(
        self, by_name: Mapping[str, SourceTable], named: Sequence[tuple[str, str]]
    ) -> None:
        primary = self.spec.sources.primary
        calendars = {name: table.spec.partitions.calendar for name, table in by_name.items()}
        for key, name in named:
            if key != "primary" and (why := cut_otherwise(primary, name, calendars)):
                self._refuse(f"sources.{key}", why)

    def _refuse(self, key: str, message: str, file: str = "defs.yaml") -> None:
        self._refuse_all([Mistake(file, key, message)])

    def _refuse_all(self, mistakes: Sequence[Mistake]) -> None:
        if mistakes:
            raise DeclarationError(self.package.replace(".", "/"), mistakes)

    def _require(self, module: ModuleType, needed: Sequence[str]) -> None:
        absent = [each for each in needed if not hasattr(module, each)]
        if absent:
            file = file_of(module)
            self._refuse("", f"{file} must have {', '.join(absent)}; see the README", file)


def _sensors(model: Model, settings: Settings) -> list[SensorDefinition]:
    deciding = [retraining_sensor]
    if model.spec.serving.rollout is not None:
        deciding.append(rollout_sensor)
    return [
        *(each(model, settings.tick_seconds) for each in deciding),
        probe_sensor(model, settings),
        request_log_sensor(model),
    ]

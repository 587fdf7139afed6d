"""``Platform``: what belongs to no one model: landing, freshness, alerts, automation, vacuum."""

from dagster import Component, ComponentLoadContext, Definitions
from pydantic import BaseModel

from ml_platform.components.managed_model import ManagedModel
from ml_platform.components.source_table import SourceTable
from ml_platform.core.declaration.mistake import DeclarationError, Mistake
from ml_platform.core.platform_spec import PlatformSpec
from ml_platform.core.spec_errors import not_among
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.automation import automation_sensors
from ml_platform.lifecycle.backfill import backfill_sensor
from ml_platform.lifecycle.freshness import freshness_checks, freshness_sensor, watched_tables
from ml_platform.lifecycle.landing import landing_sensor
from ml_platform.lifecycle.vacuum import vacuum_schedule
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.stores.settings import Settings

_AUTOMATION_SECONDS = 30


class Platform(Component):
    """The sensors and schedules over all tables and models, and the channels alerts go to."""

    def __init__(self, spec: PlatformSpec) -> None:
        """Hold a declaration that was checked already."""
        self.spec = spec

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """What may be declared."""
        return PlatformSpec

    @classmethod
    def load(cls, attributes: BaseModel | None, context: ComponentLoadContext) -> "Platform":
        """Make the component from its checked attributes."""
        assert isinstance(attributes, PlatformSpec)
        return cls(attributes)

    def refuse_unknown_channels(self, model: ManagedModel) -> None:
        """Refuse a model whose alerts would go nowhere.

        Raises:
            DeclarationError: it names a channel that is not declared here.
        """
        unknown = [name for name in model.spec.alerts if name not in self.spec.channels]
        valid = self.spec.channels or ["none: declare it under channels of the platform"]
        mistakes = [Mistake("defs.yaml", "alerts", not_among(c, valid, "channel")) for c in unknown]
        if mistakes:
            raise DeclarationError(model.package.replace(".", "/"), mistakes)

    def build_defs(self, context: ComponentLoadContext) -> Definitions:
        """The landing, freshness, alerts and automation sensors, and the weekly vacuum."""
        settings = Settings.from_env()
        tree = context.component_tree
        tables = tree.get_all_components(of_type=SourceTable)
        sources = [table.source() for table in tables]
        declared = tree.get_all_components(of_type=ManagedModel)
        for each in declared:
            self.refuse_unknown_channels(each)
        models = [each.model(tables) for each in declared]
        tick = settings.tick_seconds
        watched = watched_tables(sources, models)
        return Definitions(
            asset_checks=freshness_checks(watched),
            sensors=[
                landing_sensor(sources, models, tick),
                backfill_sensor(models, tick),
                freshness_sensor(watched, tick),
                alerts_sensor(sources, models, self.spec.repeat_after, tick),
                *automation_sensors(
                    [source.spec.name for source in sources],
                    [model.name for model in models],
                    max(tick, _AUTOMATION_SECONDS),
                ),
            ],
            schedules=[vacuum_schedule({m.name: m.spec.serving for m in models})],
            resources={
                "alert_channels": AlertsResource(
                    urls={name: list(urls) for name, urls in self.spec.channels.items()},
                    file=str(settings.alerts_file),
                )
            },
        )

"""``SourceTable``: a declared table becomes raw, validated and quarantine, with their checks."""

from dagster import Component, ComponentLoadContext, Definitions
from pydantic import BaseModel

from ml_platform.components.declared_module import declared_class, package_of
from ml_platform.core.declaration.mistake import DeclarationError, Mistake
from ml_platform.core.errors import ConfigError, ContractError
from ml_platform.core.source_spec import SourceSpec
from ml_platform.lifecycle.raw import landing_spec, raw_asset
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.validated import validated_asset
from ml_platform.spark.contract import compile_contract
from ml_platform.stores.settings import Settings


class SourceTable(Component):
    """A table that lands as files and is held to a contract.

    The attributes are those of ``SourceSpec``; the contract is a pandera model in a module beside
    the declaration.
    """

    def __init__(self, spec: SourceSpec, package: str) -> None:
        """Hold a declaration that was checked already, and the package it stands in."""
        self.spec = spec
        self.package = package

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """What may be declared."""
        return SourceSpec

    @classmethod
    def load(cls, attributes: BaseModel | None, context: ComponentLoadContext) -> "SourceTable":
        """Make the component from its checked attributes."""
        assert isinstance(attributes, SourceSpec)
        return cls(attributes, package_of(context))

    def source(self) -> Source:
        """The table with its contract and partitions.

        Raises:
            DeclarationError: the contract does not exist, or no landed text could be held to it.
        """
        contract = declared_class(self.package, self.spec.contract, "contract")
        folder = self.package.replace(".", "/")
        try:
            compile_contract(contract, self.spec.partitions.calendar)
        except ContractError as error:
            mistake = Mistake("defs.yaml", "contract", str(error))
            raise DeclarationError(folder, [mistake]) from error
        try:
            return Source(
                spec=self.spec,
                contract=contract,
                landing_root=Settings.from_env().landing_root,
            )
        except ConfigError as error:
            raise DeclarationError(folder, [Mistake("defs.yaml", "", str(error))]) from error

    def build_defs(self, context: ComponentLoadContext) -> Definitions:
        """The assets and checks of the table."""
        source = self.source()
        return Definitions(
            assets=[landing_spec(source), raw_asset(source), validated_asset(source)]
        )

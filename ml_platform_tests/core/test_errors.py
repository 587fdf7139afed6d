import pytest

from ml_platform.core.errors import (
    ConfigError,
    ContractError,
    LandingError,
    StoreError,
    UserError,
)


@pytest.mark.parametrize("kind", [ConfigError, LandingError, ContractError, StoreError])
def test_every_error_for_readers_is_caught_as_one(kind: type[UserError]) -> None:
    with pytest.raises(UserError, match="no landing file"):
        raise kind("no landing file for 2013-01-07")

"""The errors a person is meant to read: one sentence in their words, shown without a traceback."""


class UserError(Exception):
    """Something the reader can put right; the message says what, where and how.

    >>> str(UserError("no landing file for 2013-01-07"))
    'no landing file for 2013-01-07'
    """


class ConfigError(UserError):
    """A declaration (YAML, environment variable, command option) asks for the impossible."""


class LandingError(UserError):
    """A landing file or folder cannot be taken in."""


class ContractError(UserError):
    """A contract cannot be applied to the table it was declared for."""


class StoreError(UserError):
    """A store (lake, registry, log, alert channel) refused or could not be reached."""

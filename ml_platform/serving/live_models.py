"""What a worker answers with: per model one immutable value, replaced as a whole.

A request takes the value once and uses nothing else, so its answer is of exactly one version
however often versions change meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ml_platform.core.rollout.routing import takes_canary
from ml_platform.serving.errors import NoSuchModel, NotReady
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.served_model import ServedModel

CHAMPION = "champion"
CHALLENGER = "challenger"


@dataclass(frozen=True, slots=True)
class Challenger:
    """A version on its way up.

    Attributes:
        served: the version.
        percent: share of the requests it answers; 0 in the shadow.
        key: columns; requests equal in these get answers of one version.
        salt: of this rollout, so that each draws other requests.
    """

    served: ServedModel
    percent: float
    key: tuple[str, ...]
    salt: str

    @property
    def in_shadow(self) -> bool:
        """Whether it scores what the champion answered."""
        return not self.percent


@dataclass(frozen=True, slots=True)
class LiveModel:
    """All loaded versions of one model.

    Attributes:
        name: of the model.
        generation: of the deployment it was loaded from.
        champion: answers.
        previous: the champion before, kept loaded.
        challenger: on its way up, or None.
        contract: what a request must hold: the champion's inputs; what the challenger takes along
            may come along.
    """

    name: str
    generation: int
    champion: ServedModel
    previous: ServedModel | None = None
    challenger: Challenger | None = None
    contract: InputContract = field(init=False)

    def __post_init__(self) -> None:
        """Make the contract, once for all requests."""
        contract = self.champion.contract
        if self.challenger is not None:
            contract = contract.allowing(self.challenger.served.contract)
        object.__setattr__(self, "contract", contract)

    @property
    def loaded(self) -> Iterable[ServedModel]:
        """Every version held in memory."""
        held = (self.champion, self.previous, self.challenger and self.challenger.served)
        return [each for each in held if each is not None]

    def answering(self, key: str) -> tuple[ServedModel, str]:
        """The version that answers a request with this key, and its role."""
        rising = self.challenger
        if rising is not None and takes_canary(key, rising.salt, rising.percent):
            return rising.served, CHALLENGER
        return self.champion, CHAMPION


class LiveModels:
    """The models of one worker."""

    def __init__(self, asked: Sequence[str] = ()) -> None:
        """Begin with none loaded.

        Args:
            asked: models that are to be served; more may come.
        """
        self._live: dict[str, LiveModel] = {}
        self._waiting: dict[str, str] = {
            name: f"{name} has no champion yet: it is served once a version is promoted"
            for name in asked
        }

    @property
    def names(self) -> list[str]:
        """Every model there is, with or without a champion, by name."""
        return sorted({*self._live, *self._waiting})

    @property
    def champions(self) -> list[ServedModel]:
        """The version of each live model that answers, by name, with the contract of the model."""
        live = [self._live[name] for name in sorted(self._live)]
        return [replace(each.champion, contract=each.contract) for each in live]

    @property
    def reasons(self) -> dict[str, str]:
        """Why models cannot be served, by name."""
        return dict(self._waiting)

    def get(self, name: str) -> LiveModel:
        """Return a model.

        Raises:
            NoSuchModel: there is none of that name.
            NotReady: it has no champion, or the champion could not be loaded.
        """
        found = self._live.get(name)
        if found is not None:
            return found
        if name in self._waiting:
            raise NotReady(self._waiting[name])
        raise NoSuchModel(f'no model "{name}" is served here; there are: {self._listed()}')

    def only(self) -> str:
        """The name of the one model, for requests that name none.

        Raises:
            NoSuchModel: there are several, or none.
        """
        names = self.names
        if len(names) == 1:
            return names[0]
        raise NoSuchModel(f"name the model in the path; there are: {self._listed()}")

    def put(self, model: LiveModel) -> None:
        """Answer with these versions from now on."""
        self._live[model.name] = model
        self._waiting.pop(model.name, None)

    def take_away(self, name: str, reason: str) -> None:
        """Answer for a model no more, and say why."""
        self._waiting[name] = reason
        self._live.pop(name, None)

    def _listed(self) -> str:
        return ", ".join(self.names) or "none"

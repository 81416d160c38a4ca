"""What all our components share of Rasa's interface: create, load, save, fingerprint."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bot.nlu import model_files


class StoredComponent(GraphComponent):
    """A component whose part of the model is sealed files.

    A subclass says what it reads before training (`prepare`), how it writes and reads what it
    learned (`write`, `read`), and which files besides its class decide the result (`sources`).
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource

    def prepare(self) -> None:
        """Read the data files that training needs; a server has none of them."""

    def write(self, directory: Path) -> None:
        """Write what was learned."""
        raise NotImplementedError

    def read(self, directory: Path) -> None:
        """Read what `write` wrote."""
        raise NotImplementedError

    @classmethod
    def sources(cls, config: dict[str, Any]) -> Iterable[Path]:
        """The files besides this class and its config that decide the result."""
        raise NotImplementedError

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """A new, untrained component (Rasa's interface)."""
        component = cls(config, model_storage, resource)
        component.prepare()
        return component

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The component as trained; raises ModelFileError for files that are not its own."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            model_files.check_seal(directory, cls.__name__)
            component.read(directory)
        return component

    def save(self) -> Resource:
        """Keep what was learned in the model."""
        with self._storage.write_to(self._resource) as directory:
            self.write(directory)
            model_files.seal(directory, type(self).__name__)
        return self._resource

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What besides this class and its config decides the result, for Rasa's cache."""
        settings = {**cls.get_default_config(), **config}
        shared = (Path(__file__), Path(model_files.__file__))
        return model_files.digest(*shared, *cls.sources(settings))

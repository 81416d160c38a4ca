"""The training process: `rasa train` into one model file, started lean like the server.

Rasa hashes all examples before and after each step to know what it may take from its cache, copies
them deeply several times and reads the files three times; with 16,000 examples that takes more than
learning does. `processes.training` already knows whether anything changed, so none of it is needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from processes.rasa_server import prepare


def main() -> None:
    """Train; arguments are the model file and further folders of training data."""
    target, more = Path(sys.argv[1]), sys.argv[2:]
    prepare()
    sys.argv = [
        "rasa",
        "train",
        "--force",
        "--skip-validation",  # tests/dialogue does it
        "--data",
        "data/nlu",
        "data/stories",
        *more,
        "--out",
        str(target.parent),
        "--fixed-model-name",
        target.name.removesuffix(".tar.gz"),
    ]
    from rasa.__main__ import main as rasa_main

    _work_without_cache()
    _read_examples_once()
    _copy_examples_lightly()
    rasa_main()


def _work_without_cache() -> None:
    from rasa.engine.training.hooks import TrainingHook

    TrainingHook.on_before_node = lambda *_, **__: {}
    TrainingHook.on_after_node = lambda *_, **__: None


def _read_examples_once() -> None:
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.utils.common import cached_method

    RasaFileImporter.get_nlu_data = cached_method(RasaFileImporter.get_nlu_data)


def _copy_examples_lightly() -> None:
    """Copies that share what is never changed in place: texts, labels, features."""
    from rasa.shared.nlu.training_data.message import Message

    def copied(message: Message, _memo: object) -> Message:
        copy = Message(
            dict(message.data), set(message.output_properties), None, list(message.features)
        )
        copy.time = message.time
        return copy

    Message.__deepcopy__ = copied


if __name__ == "__main__":
    main()

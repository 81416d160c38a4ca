"""The training process: `rasa train` into one model file, started lean like the server."""

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

    rasa_main()


if __name__ == "__main__":
    main()

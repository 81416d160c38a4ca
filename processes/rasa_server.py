"""The Rasa process: `rasa run` on loopback, started lean.

Without jax (which TensorFlow would load for nothing) it needs 70 MB less; structlog's debug lines
are cut off by level, since they cost a third of a turn even when nothing prints them; the schema
of action answers is checked once and not at each call, which was another third
(`benchmarks/hot_paths.py` shows a turn's time).
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys

from settings import Settings


def main() -> None:
    """Serve the trained model until stopped."""
    settings = Settings.from_environment()
    prepare()
    sys.argv = [
        "rasa",
        "run",
        "--model",
        str(settings.models_folder / "jiesu.tar.gz"),
        "--interface",
        "127.0.0.1",
        "--port",
        str(settings.rasa_port),
        "--credentials",
        "credentials.yml",
        "--endpoints",
        "endpoints.yml",
    ]
    from rasa.__main__ import main as rasa_main

    _cut_debug_lines()
    _check_answer_schema_once()
    _keep_tracker_in_wal()
    rasa_main()


def prepare() -> None:
    """Set what must be set before Rasa is imported."""
    sys.modules["jax"] = None  # type: ignore[assignment]
    sys.modules["jaxlib"] = None  # type: ignore[assignment]
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("LOG_LEVEL_LIBRARIES", "ERROR")
    os.environ.setdefault("SANIC_BACKLOG", "100")


def _cut_debug_lines() -> None:
    """Rasa configures structlog itself when it starts; this makes that keep warnings only."""
    import structlog

    configure = structlog.configure

    def configure_quietly(**settings: object) -> None:
        settings["wrapper_class"] = structlog.make_filtering_bound_logger(logging.WARNING)
        configure(**settings)  # type: ignore[arg-type]

    structlog.configure = configure_quietly


def _check_answer_schema_once() -> None:
    """Rasa validates the schema of action answers at each call before the answer itself."""
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)
    validator.check_schema(schema)

    def validate(self: RemoteAction, result: dict[str, object]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def _keep_tracker_in_wal() -> None:
    """One sync per saved turn instead of three; SQLite keeps the mode in the file."""
    with sqlite3.connect(os.environ["JIESU_TRACKER_FILE"]) as tracker:
        tracker.execute("PRAGMA journal_mode=WAL")


if __name__ == "__main__":
    main()

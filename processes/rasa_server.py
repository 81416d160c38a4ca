"""The Rasa process: `rasa run` on loopback, started lean.

Without jax (which TensorFlow would load for nothing) it needs 70 MB less; structlog's debug lines
are cut off by level, since they cost a third of a turn even when nothing prints them.
"""

from __future__ import annotations

import logging
import os
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


if __name__ == "__main__":
    main()

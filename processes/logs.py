"""Logs of our processes: warnings and worse, to standard error, without what people wrote."""

from __future__ import annotations

import logging
import warnings


def quiet_logs() -> None:
    """Set the format once per process."""
    warnings.simplefilter("ignore")
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )

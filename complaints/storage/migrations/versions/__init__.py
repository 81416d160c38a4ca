"""One module for each version of the tables; `docs/decisions/0011` says how they are written."""

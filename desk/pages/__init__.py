"""The hotline's pages: log in, the list of what waits, one ticket."""

from desk.pages.app import create_pages

__all__ = ["create_pages"]

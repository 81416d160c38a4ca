"""The API with which a bureau's own system pulls and handles its tickets (docs/api/openapi.yml)."""

from desk.api.app import create_api

__all__ = ["create_api"]

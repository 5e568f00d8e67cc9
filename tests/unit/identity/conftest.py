"""The fixture `crm`, with users who may sign in."""

from tests.unit.records.conftest import crm

__all__ = ["crm"]

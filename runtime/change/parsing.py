"""How a change of the configuration reads texts: in the site's own language and time zone."""

from zoneinfo import ZoneInfo

from runtime.base.registry import Registry
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog


def site_parsing(catalog: Catalog, types: Registry[FieldType], door: str) -> Parsing:
    """Reading as a door reads (``import``, ``rest``), for nobody in particular."""
    return Parsing(
        door,
        Formats(catalog.languages[0], catalog.timezone),
        ZoneInfo(catalog.timezone),
        catalog.currency,
        catalog.picklists,
        types=types,
    )

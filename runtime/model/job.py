"""Jobs: work that the clock sets going, once each time, or for every record that a filter finds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.model.label import Label
from runtime.model.workflow import Workflow

if TYPE_CHECKING:
    from runtime.model.catalog import Origin

NONE, ONE, ALL = "none", "one", "all"
CATCH_UP = (NONE, ONE, ALL)
"""What becomes of times that came while nothing could run: nothing, one for all of them, each."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. ``schedule`` is in cron's notation, in ``timezone`` ('' is the site's). ``filter`` is the key of
    a filter of ``module``, whose records it is for; both are '' where it is for none. ``procedure`` has its
    steps, as a workflow has them.
    """

    key: str
    label: Label
    schedule: str
    timezone: str
    module: str
    filter: str
    catch_up: str
    active: bool
    procedure: Workflow
    origin: "Origin"

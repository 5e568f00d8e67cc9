"""What an address names: a module that the caller may use, and a record's id."""

import re

from runtime.base.messages import message
from runtime.model.catalog import Module
from runtime.web.api.endpoint import Call
from runtime.web.api.schemas import UPLOADED
from runtime.web.errors import RefusedError, forbidden, not_found

LARGEST_ID = 2**63 - 1
_ID = re.compile(r"[0-9]{1,19}")


def module_of(call: Call, right: str) -> Module:
    """The module of the address; one that the caller may not read is unknown."""
    module = call.live.catalog.modules.get(call.path("module"))
    judge = call.live.judge
    if module is None or not judge.may(call.actor, module.key, "read").allowed:
        raise not_found()
    if right != "read" and not (verdict := judge.may(call.actor, module.key, right)).allowed:
        raise forbidden(verdict.reasons[0])
    return module


def written_module(call: Call, right: str) -> Module:
    """The module of the address, to write to; files are made by an upload alone."""
    module = module_of(call, right)
    if module.key == UPLOADED and right != "delete":
        sentence = message("A file is made by an upload to a record: POST /api/v1/<module>/<id>/files.")
        raise RefusedError(405, "method_not_allowed", sentence)
    return module


def record_id(call: Call, name: str = "id") -> int:
    """The id of the address; what no record could have is unknown."""
    text = call.path(name)
    if not _ID.fullmatch(text) or not 0 < int(text) <= LARGEST_ID:
        raise not_found()
    return int(text)

"""The kind ``roles``: the tree of roles."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import KEY, LABEL, Definition, Kind, closed, described, map_of, ref


class RolesKind(Kind):
    """``schemas/access/roles.yaml``."""

    name = "roles"
    file = "schemas/access/roles.yaml"
    title = "The roles: schemas/access/roles.yaml"

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of roles, and one role."""
        role = closed(
            {
                "label": described(LABEL, "What people call it."),
                "under": described(KEY, "The role above it."),
                "profiles": described({"type": "array", "items": KEY}, "What its holders may do."),
            }
        )
        return MappingProxyType({"roles": Definition(map_of(ref("role"))), "role": Definition(role)})

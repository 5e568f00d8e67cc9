"""The parts of the administration, as tabs."""

from typing import Any

from runtime.web.door import Call


def tabs(call: Call, active: str) -> list[dict[str, Any]]:
    """The tabs, the active one lit; the diagnostics' has the number of errors."""
    problems = call.site.problems
    return [
        {
            "label": call.translate("Setup"),
            "href": "/admin/setup",
            "active": active == "setup",
            "count": None,
        },
        {
            "label": call.translate("Workbench"),
            "href": "/admin/workbench",
            "active": active == "workbench",
            "count": None,
        },
        {
            "label": call.translate("Diagnostics"),
            "href": "/admin/diagnostics",
            "active": active == "diagnostics",
            "count": len(problems.diagnostics) if problems is not None else None,
        },
        {
            "label": call.translate("Changes"),
            "href": "/admin/changes",
            "active": active == "changes",
            "count": None,
        },
        {
            "label": call.translate("Background work"),
            "href": "/admin/operations",
            "active": active == "operations",
            "count": None,
        },
        {
            "label": call.translate("Workflows"),
            "href": "/admin/workflows",
            "active": active == "workflows",
            "count": None,
        },
        {
            "label": call.translate("Mail"),
            "href": "/admin/mail",
            "active": active == "mail",
            "count": None,
        },
        {
            "label": call.translate("Access"),
            "href": "/admin/access",
            "active": active == "access",
            "count": None,
        },
        {
            "label": call.translate("Sign-in and security"),
            "href": "/admin/security",
            "active": active == "security",
            "count": None,
        },
        {
            "label": call.translate("Security log"),
            "href": "/admin/security-log",
            "active": active == "log",
            "count": None,
        },
        {"label": call.translate("Users"), "href": "/app/users", "active": active == "users", "count": None},
        {
            "label": call.translate("Groups"),
            "href": "/app/groups",
            "active": active == "groups",
            "count": None,
        },
    ]

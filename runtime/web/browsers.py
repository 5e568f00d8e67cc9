"""Browsers by what they call themselves: their name and system, as a person would say them."""

NAMES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """What a ``User-Agent`` is, such as "Firefox, Windows"; '' for one that says nothing known."""
    found = (
        next((name for sign, name in NAMES if sign in agent), ""),
        next((name for sign, name in SYSTEMS if sign in agent), ""),
    )
    return ", ".join(part for part in found if part)

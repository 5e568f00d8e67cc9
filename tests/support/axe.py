"""What axe finds on the page that is open, and whether the page is too wide.

:func:`check` asks for every rule in the scheme that the page is in. :func:`check_both` asks for those of
colours once more in the other scheme: no other rule looks at colours, so the page is not opened again for it.
On a phone it asks in the dark alone: what differs there is how things are placed, and their colours are those
of the wide page.
"""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
COLOURS = ("color-contrast", "link-in-text-block")
RUN = """async (rules) => {
    const options = {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})};
    return (await axe.run(document, options)).violations.map((found) => found.id + ': ' + found.nodes.map(
        (node) => node.target.join(' ') + ' ' + node.failureSummary).join('; '));
}"""
STILL = "() => Promise.allSettled(document.getAnimations().map((running) => running.finished))"
"""Waits for what moves; what is taken off the page meanwhile is done moving, too."""


def check(page: Page, name: str, rules: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the page in its scheme; ``rules`` are the only ones to ask for."""
    page.evaluate(STILL)
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [f"{name} is {too_wide} pixels too wide"] if too_wide > 0 else []
    return found + [f"{name}: {violation}" for violation in page.evaluate(RUN, list(rules))]


def check_both(page: Page, name: str) -> list[str]:
    """What is wrong with a page that follows the browser's scheme, in light and in dark; see above."""
    if page.viewport_size == SIZES["phone"]:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        return check(page, f"{name} in the dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # no waiting for colours to fade
    found = check(page, name)
    page.emulate_media(color_scheme="dark")
    found += check(page, f"{name} in the dark", COLOURS)
    page.emulate_media(color_scheme="light")
    return found

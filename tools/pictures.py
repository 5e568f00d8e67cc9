"""The pictures of the README, taken anew of the demo in a real browser.

``python -m tools.pictures`` fills a demo of its own, serves it on a free port, and writes ``docs/pictures``.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.servers import ROOT, free_port, wait
from runtime.sites.demo import PASSWORD
from tests.support.browser import ARGUMENTS
from tests.support.programs import find_chromium

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def main() -> int:
    """Take every picture; 1 when there is no Chromium."""
    program = find_chromium()
    if program is None:
        print("There is no Chromium here. On Debian: apt-get install chromium", file=sys.stderr)
        return 1
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        wide = signed_in(browser, address, viewport=WIDE)
        card = first_record(wide, "/app/potentials?filter=open")
        take(wide, "/app/potentials?filter=open", "list")
        take(wide, card, "card")
        take(wide, "/search?q=oy", "search")
        take(wide, "/app", "home")
        take(signed_in(browser, address, viewport=WIDE, color_scheme="dark"), "/app/accounts", "dark")
        take(signed_in(browser, address, viewport=PHONE), card, "phone")
        browser.close()
    return 0


@contextmanager
def demo() -> Iterator[str]:
    """A filled demo that is served; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="trellis-pictures-") as folder:
        command = [sys.executable, "-m", "runtime", "demo", "--port", str(port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait(process, port, "/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def signed_in(browser: Browser, address: str, **options: Any) -> Page:
    """A page of somebody who has signed in."""
    page = browser.new_context(base_url=address, **options).new_page()
    page.goto("/signin")
    page.fill("[name=email]", "admin@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/app")
    return page


def first_record(page: Page, address: str) -> str:
    """The address of the first record of a list."""
    page.goto(address)
    return str(page.locator("td.title a").first.get_attribute("href"))


def take(page: Page, address: str, name: str) -> None:
    """A picture of what stands at an address."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    print(Path("docs", "pictures", f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())

"""The pictures of the README and the guides, taken anew of the demo in a real browser.

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
from runtime.sites.demo import PACK, PASSWORD
from tests.support.browser import ARGUMENTS
from tests.support.programs import find_chromium

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
CUSTOMERS = {
    "pack.yaml": "title: Acme\nversion: 1.0.0\nrequires: {demo: '>=1.0'}\nlanguages: [en, fi]\n",
    "schemas/modules/potentials.yaml": """fields:
  next_step: {required: true, fill: "=concat('Call ', account.name)"}
  budget: {type: money, label: {en: Budget, fi: Budjetti}, after: amount}
""",
}
"""The pack of a customer's whose plan is shown."""


def main() -> int:
    """Take every picture; 1 when there is no Chromium."""
    program = find_chromium()
    if program is None:
        print("There is no Chromium here. On Debian: apt-get install chromium", file=sys.stderr)
        return 1
    with demo() as (address, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        wide = signed_in(browser, address, viewport=WIDE)
        card = first_record(wide, "/app/potentials?filter=open")
        take(wide, "/app/potentials?filter=open", "list")
        take(wide, card, "card")
        take(wide, "/search?q=oy", "search")
        take(wide, "/app", "home")
        take(signed_in(browser, address, viewport=WIDE, color_scheme="dark"), "/app/accounts", "dark")
        take(signed_in(browser, address, viewport=PHONE), card, "phone")
        with changed(folder) as beside:
            take(signed_in(browser, beside, viewport=WIDE), "/admin/changes/plan", "plan")
        browser.close()
    return 0


@contextmanager
def demo() -> Iterator[tuple[str, Path]]:
    """A filled demo that is served; gives its address and the folder with its database."""
    with tempfile.TemporaryDirectory(prefix="trellis-pictures-") as name:
        folder = Path(name)
        # Filled before it is served: a busy machine may take longer for that than one waits for a server.
        subprocess.run(
            [sys.executable, "-m", "runtime", "demo", "--no-serve"], check=True, **surroundings(folder)
        )
        with serving(folder, "demo") as address:
            yield address, folder


@contextmanager
def changed(folder: Path) -> Iterator[str]:
    """The same CRM served with a pack of a customer's, which nobody has applied yet; gives its address."""
    for path, text in CUSTOMERS.items():
        file = folder / "acme" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with serving(folder, "serve", "acme", "--packs", str(PACK.parent), "--no-worker") as address:
        yield address


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[str]:
    """A command that serves, in a folder; gives its address once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime", *command, "--port", str(port)], **surroundings(folder)
    )
    try:
        wait(process, port, "/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def surroundings(folder: Path) -> dict[str, Any]:
    """Where a command of the program runs: in a folder, of this code, saying nothing."""
    return {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "stdout": subprocess.DEVNULL}


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

"""Rendering: the templates of one language, made ready once, and the address of everything static."""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import HTMLResponse

from runtime.web.drawing import Drawer
from runtime.web.table import RowTemplates

STATIC = Path(__file__).parent / "static"


class Renderer:
    """Draws pages. There is one Jinja environment a language, so that a text is translated without a look-up
    of whose.
    """

    def __init__(self, templates: Path, translate: Callable[[str], Callable[[str], str]]) -> None:
        self._templates = templates
        self._translate = translate
        self._environments: dict[str, Environment] = {}
        self.static = f"/static/{fingerprint(STATIC)}"
        self._icons = icon_names()

    def environment(self, language: str) -> Environment:
        """The environment of a language; the first asker makes it."""
        found = self._environments.get(language)
        if found is None:
            found = self._environments[language] = self._make(language)
        return found

    def template(self, name: str, language: str) -> Template:
        """A template, compiled."""
        return self.environment(language).get_template(name)

    def page(self, name: str, language: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """A whole page."""
        return HTMLResponse(self.template(name, language).render(context), status)

    def block(
        self, name: str, block: str, language: str, context: Mapping[str, Any], status: int = 200
    ) -> HTMLResponse:
        """One block of a page alone, for a request that swaps only it."""
        template = self.template(name, language)
        return HTMLResponse("".join(template.blocks[block](template.new_context(dict(context)))), status)

    def _make(self, language: str) -> Environment:
        environment = Drawer(
            loader=FileSystemLoader(self._templates),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
        )
        environment.globals["_"] = self._translate(language)
        environment.globals["static"] = self.static
        environment.globals["icons"] = self._icons
        environment.globals["remembered"] = lru_cache(maxsize=1024)
        environment.globals["widgets"] = Widgets(environment)
        environment.globals["draw_rows"] = RowTemplates(environment.for_rows())
        return environment


class Widgets:
    """The widgets by name, each the module of its template: its macros are ``input``, ``value``, ``cell``,
    ``filter``.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._modules: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        found = self._modules.get(name)
        if found is None:
            found = self._modules[name] = self._environment.get_template(f"widgets/{name}.html").module
        return found


def fingerprint(folder: Path) -> str:
    """A short name of a folder's content: an address with it may be kept by a browser for ever."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def icon_names() -> frozenset[str]:
    """The icons that the sprite has, by their names."""
    return frozenset(re.findall(r'id="tabler-([a-z0-9-]+)"', (STATIC / "icons.svg").read_text("utf-8")))

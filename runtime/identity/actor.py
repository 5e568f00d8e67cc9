"""The actor: who does something, and through which door."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody likes to work: keys of the picklists of the module ``users``; None leaves it to the
    language, and of the theme to the browser.
    """

    date_format: str | None = None
    number_format: str | None = None
    search_type: str | None = None
    theme: str | None = None

    @property
    def searches_beginnings(self) -> bool:
        """Whether a search finds only words that begin with what was typed."""
        return self.search_type == "starts_with"


DEFAULTS = Preferences()
"""Those of one who has chosen nothing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an API key leaves of its user's rights: only reading, and only some modules (None: all)."""

    read_only: bool = False
    modules: tuple[str, ...] | None = None

    def allows(self, module: str, right: str) -> bool:
        """Whether the key lets a right on a module through; the user must have it besides."""
        if self.read_only and right not in ("read", "export"):
            return False
        return self.modules is None or module in self.modules


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the portal lets in: a record of a module, and no user."""

    module: str
    id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who reads or writes.

    ``user_id`` is None for the system and for one who has not signed in; ``system`` tells the two apart.
    ``door`` is how they came (``form``, ``rest``, ``import``, ``cli``, ``system``), and ``cause`` what made
    the system act (a workflow's run, say). ``groups`` are the ids of the groups that the user belongs to,
    those above them in the tree among them, and ``group_names`` what these are called.
    ``by_id`` is the administrator who acts as the user, if one does; ``address`` is where they come from, and
    ``scope`` what a program's key leaves of the user's rights. ``chain`` are the runs of workflows that led
    here, each the cause of the next, with their workflows. ``shared`` says that somebody may have shared
    records with them by hand: where not, none is looked for. ``contact`` is a contact of the portal, who is
    a principal of its own and no user: the judge lets them in nowhere.
    """

    user_id: int | None
    name: str = ""
    admin: bool = False
    door: str = "form"
    language: str = "en"
    timezone: str = "UTC"
    cause: str | None = None
    role: str | None = None
    groups: tuple[int, ...] = ()
    group_names: tuple[str, ...] = ()
    system: bool = False
    preferences: Preferences = DEFAULTS
    email: str = ""
    by_id: int | None = None
    address: str = ""
    scope: "Scope | None" = None
    chain: tuple[tuple[int, str], ...] = ()
    shared: bool = True
    contact: Contact | None = None

    @property
    def signed_in(self) -> bool:
        """Whether it is a user, or the system itself."""
        return self.system or self.user_id is not None

    def through(self, door: str) -> "Actor":
        """The same actor by another door."""
        return replace(self, door=door)


SYSTEM = Actor(user_id=None, name="System", admin=True, door="system", system=True)
"""The runtime itself: workflows, jobs and commands act as it, and say in ``cause`` what for."""

NOBODY = Actor(user_id=None)
"""One who has not signed in."""

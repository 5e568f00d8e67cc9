"""Settings: what the environment says. The README's table is generated from this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from runtime.base.sealing import SHORTEST

LOCAL = "http://127.0.0.1:8000"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, the default in words, and what it is for."""

    variable: str
    default: str
    purpose: str


SETTINGS = (
    Setting("TRELLIS_DATABASE", "sqlite:///var/trellis.db", "The database, as an SQLAlchemy address."),
    Setting("TRELLIS_SCHEMA", "public", "The PostgreSQL schema that holds the site."),
    Setting(
        "TRELLIS_SECRET",
        "kept in var/secret",
        "What secrets in the database are encrypted with, 16 characters at least; back it up.",
    ),
    Setting("TRELLIS_FILES", "var/files", "The folder that holds uploaded files."),
    Setting("TRELLIS_HOSTS", "any", "The host names the site answers to, separated by commas."),
    Setting("TRELLIS_SECURE", "no", "Say yes behind HTTPS: cookies are then sent over HTTPS alone."),
    Setting(
        "TRELLIS_URL",
        "http://127.0.0.1 and the port",
        "The address that people open the site at: links in mail begin with it, and its host is one of the "
        "site's; with https cookies are sent over HTTPS alone.",
    ),
    Setting(
        "TRELLIS_MAIL",
        "none",
        "The mail server that mail is sent through, as smtps://user:password@host:465, smtp+starttls://… or "
        "smtp://… (without encryption).",
    ),
    Setting(
        "TRELLIS_MAIL_FROM", "trellis@ the site's host", "The sender of mail, such as CRM <crm@example.com>."
    ),
    Setting(
        "TRELLIS_INSIDE",
        "none",
        "Hosts of the own network that workflows may call, each as host:port, separated by commas; all "
        "others must be of the public internet.",
    ),
    Setting(
        "TRELLIS_POOL",
        "4 on SQLite, else 8",
        "How many requests work, and how many connections are open, at one time.",
    ),
    Setting(
        "TRELLIS_QUEUE",
        "with the data",
        "Where background workers are woken through: Redis, as redis://host:6379/0; left out, a file beside "
        "SQLite's, or PostgreSQL itself.",
    ),
    Setting("TRELLIS_WORKERS", "2", "How many operations one worker runs at one time."),
    Setting(
        "TRELLIS_KEPT_DAYS",
        "90",
        "How many days what a change of the configuration overwrote is kept, for a rollback to bring back.",
    ),
    Setting(
        "TRELLIS_POSTGRESQL_PROGRAMS",
        "found in PATH",
        "The folder of pg_dump, pg_restore and psql, which a backup of PostgreSQL needs.",
    ),
    Setting("TRELLIS_UPLOAD_MIB", "25", "The largest file that may be uploaded, in MiB."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process was told. Paths are absolute."""

    database: str
    schema: str
    secret: str
    files: Path
    hosts: tuple[str, ...]
    secure: bool
    pool: int
    upload_bytes: int
    queue: str
    workers: int
    folder: Path
    kept_days: int = 90
    programs: Path | None = None
    url: str = LOCAL
    mail: str = ""
    mail_from: str = ""
    inside: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host of the site's address."""
        return urlsplit(self.url).hostname or "localhost"

    @classmethod
    def read(cls, environment: Mapping[str, str], folder: Path | None = None) -> "Settings":
        """Read the environment. ``folder`` is where ``var`` lies: the folder the command was started in.

        Raises :class:`ValueError` with a whole sentence where a value does not fit.
        """
        base = (folder or Path.cwd()).absolute()
        url = _url(environment.get("TRELLIS_URL", "").strip())
        var = base / "var"
        database = environment.get("TRELLIS_DATABASE") or f"sqlite:///{var / 'trellis.db'}"
        return cls(
            database=database,
            schema=environment.get("TRELLIS_SCHEMA") or "public",
            secret=_secret(environment.get("TRELLIS_SECRET") or ""),
            files=base / (environment.get("TRELLIS_FILES") or var / "files"),
            hosts=_hosts(_words(environment.get("TRELLIS_HOSTS", "")), url),
            secure=environment.get("TRELLIS_SECURE", "no").strip().lower() in ("yes", "true", "1")
            or url.startswith("https://"),
            pool=_whole("TRELLIS_POOL", environment.get("TRELLIS_POOL") or _pool(database), 1, 64),
            upload_bytes=_whole("TRELLIS_UPLOAD_MIB", environment.get("TRELLIS_UPLOAD_MIB") or "25", 1, 4096)
            << 20,
            queue=_queue(environment.get("TRELLIS_QUEUE", "").strip()),
            workers=_whole("TRELLIS_WORKERS", environment.get("TRELLIS_WORKERS") or "2", 1, 32),
            folder=var,
            kept_days=_whole("TRELLIS_KEPT_DAYS", environment.get("TRELLIS_KEPT_DAYS") or "90", 1, 36500),
            programs=base / programs
            if (programs := environment.get("TRELLIS_POSTGRESQL_PROGRAMS"))
            else None,
            url=url or LOCAL,
            mail=environment.get("TRELLIS_MAIL", "").strip(),
            mail_from=environment.get("TRELLIS_MAIL_FROM", "").strip(),
            inside=_words(environment.get("TRELLIS_INSIDE", "").lower()),
        )


def _pool(database: str) -> str:
    # SQLite works in the process itself: more threads than processors get in each other's way, and each has
    # a cache of its own.
    return "4" if database.startswith("sqlite") else "8"


def _url(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"TRELLIS_URL is {text!r}; it must be an address such as https://crm.example.com.")
    return text.rstrip("/")


def _hosts(named: tuple[str, ...], url: str) -> tuple[str, ...]:
    # Where the site's address is known, others are not its own; the machine itself may ask, too.
    host = urlsplit(url).hostname if url else None
    return named if host is None else tuple(dict.fromkeys((*named, host, *LOOPBACK)))


def _secret(text: str) -> str:
    if text and len(text) < SHORTEST:
        raise ValueError(f"TRELLIS_SECRET has {len(text)} characters; it must have {SHORTEST} at least.")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _queue(address: str) -> str:
    if address and not address.startswith(("redis://", "rediss://")):
        raise ValueError(
            f"TRELLIS_QUEUE is {address!r}; it must be Redis's address, such as redis://host:6379/0."
        )
    return address


def _whole(variable: str, text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError(f"{variable} is {text!r}; it must be a whole number from {least} to {most}.")
    return number

"""What a provider is. It proves an e-mail address; whose it is, and what they may do, are records of the CRM.

A provider reads its own settings from the environment when it is made, and says by ``is_set_up`` whether it
is used. A user whom it proves must be there and active: nobody is made by signing in.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom a portal's provider proves: the records of a module, by the field that has their address."""

    module: str
    field: str


class ProviderError(Exception):
    """A provider that does not answer; the text is a whole sentence, for the log."""


class Directory(ABC):
    """A directory that checks passwords, in place of the hashes that Trellis keeps."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def is_set_up(self) -> bool:
        """Whether the environment says where it is."""

    @abstractmethod
    def claims(self, email: str) -> bool:
        """Whether it decides for this address: then no password that Trellis keeps opens."""

    @abstractmethod
    def check(self, email: str, password: str) -> bool:
        """Whether the password is the address's; raises :class:`ProviderError`. It is asked on a worker
        thread, after the brake, with no lock held.
        """


class SingleSignOn(ABC):
    """A provider whose own page signs people in, and sends them back."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What its button says after "Sign in with"."""
    contacts: ClassVar[Contacts | None] = None
    """Whose addresses it proves: those of users, or of contacts of the portal. A second step of contacts is
    the provider's own.
    """

    @property
    @abstractmethod
    def is_set_up(self) -> bool:
        """Whether the environment says where it is."""

    @abstractmethod
    def begin(self, state: str, back: str) -> str:
        """The address of its page. It must send ``state`` back, to the address ``back``."""

    @abstractmethod
    def finish(self, answer: Mapping[str, str], state: str, back: str) -> str | None:
        """The e-mail address that the answer proves; None when it proves none. The state in the answer is
        compared before. Raises :class:`ProviderError`.
        """


class Providers:
    """The providers that are set up."""

    def __init__(
        self, directories: tuple[Directory, ...] = (), single: tuple[SingleSignOn, ...] = ()
    ) -> None:
        self.directories = tuple(each for each in directories if each.is_set_up)
        self.single = {each.name: each for each in single if each.is_set_up}

    def directory_of(self, email: str) -> Directory | None:
        """The directory that decides for an address."""
        return next((each for each in self.directories if each.claims(email)), None)

"""Reaching out: what a step is handed that calls another system, before its transaction begins."""

from runtime.automation.place import Place
from runtime.base.messages import message
from runtime.base.sealing import SealError
from runtime.model.outbound import Answer, Request, UnreachableError
from runtime.steps.base import StepError
from runtime.storage.secrets import Secrets


class StepReaching:
    """See :class:`runtime.steps.base.Reaching`."""

    def __init__(self, site: Place, key: str) -> None:
        self.key = key
        self._site = site

    def secret(self, name: str) -> str:
        """A secret that is kept in the setup."""
        try:
            with self._site.database.read() as connection:
                found = Secrets(self._site.sealer).open(connection, name)
        except SealError as error:
            raise StepError(message("{reason}", reason=str(error))) from None
        if found is None:
            raise StepError(message('There is no secret "{name}": an administrator keeps it in the setup.',
                                    name=name))  # fmt: skip
        return found

    def send(self, request: Request) -> Answer:
        """Call another system."""
        try:
            return self._site.outbound.send(request)
        except UnreachableError as error:
            raise StepError(message("{reason}", reason=str(error)), lasting=error.lasting) from None

"""Why a mail does not go out."""

from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_service.errors import Problem


class NotSent(Exception):
    """Carries the code that the mail log shows, and what fills its words."""

    def __init__(self, code: MailError, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class NoLongerNeeded(NotSent):
    """The mail would no longer be true."""


class NotHereYet(NotSent):
    """Its owner's fact is still on its way: the event that needs it is tried again."""


class NoAddress(NotSent):
    """Nobody can be reached under this."""


class TemporaryFailure(NotSent):
    """The server may take it later: no connection, no answer, or a 4xx."""


class PermanentFailure(NotSent):
    """The server will not take it (5xx); `answer` says why in its words."""


def refusal(problem: Problem) -> NotSent:
    """`reason` is the problem's message, which its own parameters fill."""
    code = MailError.TEXT_INVALID if problem.code == "template_invalid" else MailError.OWNER_REFUSED
    return NotSent(code, **{name: str(value) for name, value in problem.params.items()} | {"reason": problem.message})

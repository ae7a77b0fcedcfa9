"""Why a mail does not go out."""

from typing import Any

from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_service.errors import Problem


class NotSent(Exception):
    """Carries the code that the mail log shows, what fills its words, and what becomes of the mail."""

    state = "failed"

    def __init__(self, code: MailError, **params: str) -> None:
        super().__init__(code)
        self.code = code
        # What a mail server answers may be of any encoding; what is no text would make a row that cannot be stored.
        self.params: dict[str, Any] = {name: _printable(value)[:1000] for name, value in params.items()}


class NoLongerNeeded(NotSent):
    """The mail would no longer be true."""

    state = "suppressed"


class TryLater(NotSent):
    """It may go later: the server puts it off or cannot be reached, or its owner's fact is still on its way."""

    state = "queued"


def refusal(problem: Problem) -> NotSent:
    """`reason` is the problem's message, which its own parameters fill."""
    passes = problem.status >= 500 or problem.status in (401, 403, 429)
    code = MailError.TEXT_INVALID if problem.code == "template_invalid" else MailError.OWNER_REFUSED
    params = {name: str(value) for name, value in problem.params.items()} | {"reason": problem.message}
    return (TryLater if passes else NotSent)(code, **params)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)

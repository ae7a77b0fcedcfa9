"""Form input: read once, checked field by field, errors beside their fields, nothing typed is lost."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hmac import compare_digest
from typing import Any, Self

from email_validator import EmailNotValidError, validate_email
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from kontor_service.errors import Forbidden, Invalid, Problem, spoken
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.money import TOO_MUCH, digits, to_minor
from kontor_web.pages import Pages, csrf_token

# The form did not come from our page, or its page was too old.
WrongToken = Forbidden.named("csrf", N_("Please send the form again: the page had been open for too long."))


async def read_form(request: Request, *, max_files: int = 0) -> "Form":
    """The posted form, after its token was found right (WrongToken otherwise). The app has `state.pages`.

    Scripts may send the token as the header X-CSRF-Token.
    """
    sent = await _sent(request, max_files)
    pages: Pages = request.app.state.pages
    seed = request.cookies.get(pages.seed_cookie, "")
    token = request.headers.get("x-csrf-token") or str(sent.get("csrf", ""))
    if not seed or not compare_digest(token.encode(), csrf_token(seed).encode()):
        raise WrongToken(_("Please send the form again: the page had been open for too long."))
    return _form(sent)


async def read_secret_form(request: Request, *, max_files: int = 0) -> "Form":
    """The form of a page whose address is the secret: it has no cookie that another site's page could make use of."""
    return _form(await _sent(request, max_files))


async def _sent(request: Request, max_files: int) -> FormData:
    return await request.form(max_files=max_files, max_fields=2000, max_part_size=512 * 1024)


def _form(sent: FormData) -> "Form":
    values: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            values.setdefault(_whole(name), []).append(_whole(value))
        elif value.filename:
            value.filename = _whole(value.filename)
            files.setdefault(name, []).append(value)
        else:
            # A file field in which nothing was chosen.
            value.file.close()
    return Form(values, files)


def _whole(text: str) -> str:
    """Halves of characters, which an odd charset can bring and no page can show, become question marks."""
    return text.encode(errors="replace").decode()


class Form:
    """Values as typed and what is wrong with them. Readers of a field note an error and return None or an empty value."""

    def __init__(self, values: Mapping[str, list[str]], files: Mapping[str, list[UploadFile]] | None = None) -> None:
        self.values = dict(values)
        self._files = dict(files or {})
        self.errors: dict[str, str] = {}
        # What concerns the form as a whole.
        self.problem: str = ""
        # Of the page that shows the refusal: when to come again.
        self.headers: dict[str, str] | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any] | None = None) -> Self:
        """A form to show first. Booleans become flags, lists several values, None nothing."""
        found: dict[str, list[str]] = {}
        for name, value in (values or {}).items():
            if isinstance(value, bool):
                found[name] = ["on"] if value else []
            elif isinstance(value, (list, tuple, set, frozenset)):
                found[name] = [str(item) for item in value]
            elif value is not None:
                found[name] = [str(value)]
        return cls(found)

    @property
    def ok(self) -> bool:
        return not self.errors and not self.problem

    def error(self, name: str, message: str) -> None:
        """Notes what is wrong; the first word on a field stands."""
        self.errors.setdefault(name, message)

    def value(self, name: str) -> str:
        return self.values.get(name, [""])[0]

    def has(self, name: str, value: str = "on") -> bool:
        return value in self.values.get(name, [])

    def text(self, name: str, *, required: bool = False, limit: int = 500, lines: bool = False) -> str:
        text = self.value(name).replace("\r\n", "\n").replace("\x00", "").strip()
        if not lines:
            text = " ".join(text.split())
        if required and not text:
            self.error(name, _("Please fill in this field."))
        if len(text) > limit:
            self.error(name, _("At most %(limit)s characters, please.", limit=limit))
        return text

    def email(self, name: str, *, required: bool = False) -> str:
        text = self.text(name, required=required, limit=254)
        if not text:
            return ""
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            self.error(name, _("This is not a valid e-mail address."))
            return text

    def choice(self, name: str, options: Iterable[str], default: str = "") -> str:
        value = self.value(name) or default
        if value not in set(options):
            self.error(name, _("Please choose one of the options."))
        return value

    def many(self, name: str, options: Iterable[str] | None = None) -> list[str]:
        chosen = self.values.get(name, [])
        return chosen if options is None else [value for value in chosen if value in set(options)]

    def flag(self, name: str) -> bool:
        return bool(self.values.get(name))

    def day(self, name: str, *, required: bool = False) -> date | None:
        """26.11.2026, 26.11.26, 26/11/2026 or 2026-11-26."""
        text = self.text(name, required=required)
        for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"):
            try:
                return datetime.strptime(text.replace(" ", ""), form).date()
            except ValueError:
                continue
        if text:
            self.error(name, _("Please enter a date, for example 2026-11-26."))
        return None

    def count(self, name: str, *, most: int) -> int:
        """A whole number; 0 where nothing is entered."""
        text = self.text(name)
        if text and not (re.fullmatch("[0-9]{1,9}", text) and int(text) <= most):
            self.error(name, _("Please enter a whole number of at most %(most)s.", most=most))
            return 0
        return int(text or 0)

    def money(self, name: str, currency: str, *, required: bool = False) -> int | None:
        """Minor units. Takes 1.234,56 and 1,234.56 and 1234.56."""
        text = (
            self.text(name, required=required).replace("\u00a0", "").replace(" ", "").rstrip("€").removesuffix(currency)
        )
        if not text:
            return None
        try:
            amount = Decimal(_decimal(text))
            minor = to_minor(amount, currency)
        except (InvalidOperation, OverflowError):
            self.error(name, _("Please enter an amount, for example 1,234.56."))
            return None
        if -amount.as_tuple().exponent > digits(currency) or abs(amount) >= TOO_MUCH:  # type: ignore[operator]
            self.error(name, _("Please enter an amount, for example 1,234.56."))
            return None
        return minor

    async def aclose(self) -> None:
        """Closes the files. `async with aclosing(await read_form(request, max_files=1)) as form:`"""
        for files in self._files.values():
            for file in files:
                await file.close()

    def files(self, name: str) -> list[UploadFile]:
        return self._files.get(name, [])

    def take(self, problem: Problem, names: Mapping[str, str] | None = None) -> None:
        """Puts an owner's findings beside our fields; what fits nowhere goes on top.

        `names` maps its field to ours.
        """
        self.headers = problem.headers
        names = names or {}
        findings = [(finding["field"], finding["message"]) for finding in map(spoken, problem.errors)]
        if not findings and problem.field:
            findings = [(problem.field, problem.detail)]
        for theirs, message in findings:
            ours = names.get(theirs, theirs)
            if ours in self.values or theirs in names:
                self.error(ours, message)
            else:
                # A conflict speaks of the thing itself, not of a field that somebody filled in elsewhere.
                self.problem = f"{theirs}: {message}" if theirs and problem.status == Invalid.status else message
        if not findings:
            self.problem = problem.detail


def _decimal(text: str) -> str:
    """The last of comma and point is the decimal mark, unless it groups thousands: 1.234 is a thousand in German."""
    if not re.fullmatch(r"-?[0-9.,']+", text):
        return "?"
    text = text.replace("'", "")
    mark = max(text.rfind(","), text.rfind("."))
    if mark < 0:
        return text
    whole, part = text[:mark], text[mark + 1 :]
    only_groups = text.count(text[mark]) > 1 or (text[mark] == "." and len(part) == 3 and "," not in text)
    if only_groups:
        return re.sub(r"[.,]", "", text)
    return f"{re.sub(r'[.,]', '', whole) or '0'}.{part}"

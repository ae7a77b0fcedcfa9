"""A forgotten password: a mail to the address if somebody has it, and a new password from the mail's link."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge import portal
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.sessions import begin_session
from kontor_identity_pages.frame import public_frame, render
from kontor_identity_pages.log_in import account_of, refuse
from kontor_service.bodies import FEW_BYTES, takes
from kontor_service.errors import Gone, NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)
# The address of a mail's link names no portal.
links = APIRouter(include_in_schema=False, prefix="/passwort")


@router.get("/passwort-vergessen")
async def forgotten_page(request: Request) -> Response:
    await public_frame(request)
    return render(request, "forgotten", Form.of({"email": request.query_params.get("email")}), sent=False)


@router.post("/passwort-vergessen")
@takes(FEW_BYTES, from_anybody=True)
async def forgotten(request: Request) -> Response:
    """Says the same, in the same time, whether or not somebody has this address."""
    await public_frame(request)
    form = await read_form(request)
    email, status = form.email("email", required=True), 422
    if form.ok:
        try:
            await ask_identity(request, "/v1/password-resets", **account_of(request), email=email)
            status = 200
        except Problem as problem:
            status = refuse(form, problem)
    return render(request, "forgotten", form, status, sent=status == 200)


@links.get("/{token}")
async def new_password_page(request: Request, token: str) -> Response:
    await public_frame(request)
    try:
        await ask_identity(request, "/v1/password-resets/inspect", with_ip=False, token=token)
    except (Gone, NotFound) as problem:
        return await _over(request, Form.of(), problem)
    return render(request, "new_password", Form.of())


@links.post("/{token}")
@takes(FEW_BYTES, from_anybody=True)
async def set_password(request: Request, token: str) -> Response:
    await public_frame(request)
    form = await read_form(request)
    password, status = new_password(form), 422
    if form.ok:
        try:
            started = await ask_identity(request, "/v1/password-resets/complete", token=token, password=password)
        except (Gone, NotFound) as problem:
            return await _over(request, form, problem)
        except Problem as problem:
            form.take(problem)
            status = problem.status
        else:
            session = started["session"]
            home = "/" if session["kind"] == "staff" else f"/{session['slug']}"
            response = pages(request).redirect(home, good=_("Your new password is set."))
            return await begin_session(request, response, started)
    return render(request, "new_password", form, status)


async def _over(request: Request, form: Form, problem: Problem) -> Response:
    """The way to a new link, where it is known to whose portal the old one belonged."""
    merchant = await portal.merchant_of(request, problem)
    request.state.page_context = portal.public_page_context(request, merchant)
    base = f"/{merchant['slug']}" if merchant else "" if edge_of(request).settings.service == "admin" else None
    return render(
        request,
        "reset_over",
        form,
        410,
        merchant=merchant,
        again=None if base is None else f"{base}/passwort-vergessen",
    )


def new_password(form: Form) -> str:
    """One that somebody chooses is typed twice, and identity judges whether it is good enough."""
    password = form.value("password")
    if not password:
        form.error("password", _("Please fill in this field."))
    elif len(password) > 1000:
        form.error("password", _("At most %(limit)s characters, please.", limit=1000))
    elif password != form.value("again"):
        form.error("again", _("The two passwords are not the same."))
    return password

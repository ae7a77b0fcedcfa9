"""Passwords in forms: one that somebody chooses is typed twice, and identity judges whether it is good enough."""

from kontor_service.i18n import gettext as _
from kontor_web import Form


def known_password(form: Form) -> str:
    """The one that there is, typed once."""
    password = form.value("password")
    if not password:
        form.error("password", _("Please fill in this field."))
    return password[:1000]


def new_password(form: Form) -> str:
    password = form.value("password")
    if not password:
        form.error("password", _("Please fill in this field."))
    elif len(password) > 1000:
        form.error("password", _("At most %(limit)s characters, please.", limit=1000))
    elif password != form.value("again"):
        form.error("again", _("The two passwords are not the same."))
    return password

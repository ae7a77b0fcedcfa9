"""Files that somebody chooses in a form, to go along with a comment or a quote."""

from kontor_service.bodies import MEBIBYTE
from kontor_service.i18n import gettext as _
from kontor_web import Form

MOST_FILES = 10
# Ten files of the largest kind that is accepted.
LARGEST_FORM = 210 * MEBIBYTE
# A form with more than these is refused as a whole, and with it what was typed.
MOST_READ = 200


def refuse_too_many(form: Form, attached: int) -> None:
    """Says so at the field `files` where more are chosen than can be added to those that are `attached` already."""
    if len(form.files("files")) + attached > MOST_FILES:
        form.error("files", _("At most %(most)s files can be attached.", most=MOST_FILES))

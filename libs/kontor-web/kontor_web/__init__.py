"""What portal and admin share in the browser. README.md beside this package tells how to use it."""

from kontor_web.assets import Assets, static_app, theme_css
from kontor_web.error_pages import error_page, install_error_pages
from kontor_web.forms import Form, read_form
from kontor_web.live import Hub, stream
from kontor_web.page_context import Column, Link, PageContext
from kontor_web.pages import Pages
from kontor_web.protect import Protect

__all__ = [
    "Assets",
    "Column",
    "Form",
    "Hub",
    "Link",
    "PageContext",
    "Pages",
    "Protect",
    "error_page",
    "install_error_pages",
    "read_form",
    "static_app",
    "stream",
    "theme_css",
]

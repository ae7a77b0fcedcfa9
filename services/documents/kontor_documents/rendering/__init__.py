"""Documents as paper: a DIN 5008 letter as an accessible PDF/A-3, with the e-invoice inside (C17)."""

from kontor_documents.rendering.archive import EmbeddedFile
from kontor_documents.rendering.branding import Bank, Branding
from kontor_documents.rendering.errors import RenderingError
from kontor_documents.rendering.render import render, render_async

__all__ = ["Bank", "Branding", "EmbeddedFile", "RenderingError", "render", "render_async"]

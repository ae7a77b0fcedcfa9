"""The start page (A16): what is open, on its way, late, paid; what waits; what happened just now. And its event stream."""

from kontor_admin.board.page import router

__all__ = ["router"]

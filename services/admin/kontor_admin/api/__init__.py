"""The admin's JSON: the same views as its pages, for scripts and other clients of the merchant's staff."""

from kontor_admin.api.queries import router
from kontor_edge.feature import Feature

FEATURE = Feature("api", routers=(router,))

"""API keys for systems (B13): made, shown once, revoked."""

from kontor_admin.api_keys.page import router
from kontor_edge.feature import Feature, sql

FEATURE = Feature("api_keys", routers=(router,), functions=(sql("kontor_admin", "sql/api_keys.sql"),))

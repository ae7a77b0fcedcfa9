"""API keys for systems (B13): made, shown once, revoked."""

from kontor_admin.api_keys.page import router
from kontor_admin.feature import Feature, sql

FEATURE = Feature("api_keys", router, functions=(sql("sql/api_keys.sql"),))

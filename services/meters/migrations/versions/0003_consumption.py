"""Consumption per series, year and customer; marks of what has to be summed anew; who had a series by the books."""

from pathlib import Path

from alembic import op

from kontor_service.migrations import merchant_lister, tenant_table

revision = "0003"
down_revision = "0002"

TENANT_TABLES = ("consumption", "consumption_mark", "tenure")


def upgrade() -> None:
    for statement in (Path(__file__).parent / "0003_consumption.sql").read_text().split("\n--;\n"):
        op.execute(statement)
    for table in TENANT_TABLES:
        tenant_table(op, table)
    merchant_lister(op, "merchants_with_marks", "consumption_mark")
    merchant_lister(op, "merchants_with_consumption", "consumption")
    merchant_lister(
        op, "merchants_with_past_projections", "consumption",
        "projection IS NOT NULL AND year < running", arguments="running integer",
    )  # fmt: skip

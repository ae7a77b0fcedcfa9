"""The models are the only declaration of a database: the migrations make what they declare, and nothing else."""

from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from kontor_events.registry import contexts
from kontor_service.new_migration import FILE, changes
from kontor_service.schema import catalogue, create_all, entities, in_database, metadata_of

ROOT = Path(__file__).parents[2]
WITH_MODELS = sorted(path.parent.name.removeprefix("kontor_") for path in ROOT.glob("services/*/kontor_*/models.py"))

# What may be amiss in a database of payments, and how it got so.
DRIFT = {
    "TABLE extra": "CREATE TABLE extra ()",
    "TABLE outbox": "ALTER TABLE outbox RESET (autovacuum_vacuum_threshold)",
    "COLUMN receivable.paid_minor": "ALTER TABLE receivable ALTER paid_minor TYPE integer",
    "COLUMN receivable.thread_id": "ALTER TABLE receivable ALTER thread_id DROP NOT NULL",
    "COLUMN outbox.attempts": "ALTER TABLE outbox ALTER attempts SET DEFAULT 1",
    "COLUMN receivable.offer": "ALTER TABLE receivable DROP offer",
    "CONSTRAINT ck_refund_state ON refund": "ALTER TABLE refund DROP CONSTRAINT ck_refund_state,"
    " ADD CONSTRAINT ck_refund_state CHECK (state IN ('requested', 'failed'))",
    "CONSTRAINT ck_booking_bucket ON booking": "ALTER TABLE booking DROP CONSTRAINT ck_booking_bucket",
    "CONSTRAINT fk_refund_payment_id_payment ON refund": "ALTER TABLE refund DROP CONSTRAINT fk_refund_payment_id_payment",
    "CONSTRAINT uq_receivable_merchant_id_document_id ON receivable": "ALTER TABLE receivable"
    " DROP CONSTRAINT uq_receivable_merchant_id_document_id",
    "INDEX checkout_part_one_live": "DROP INDEX checkout_part_one_live;"
    " CREATE UNIQUE INDEX checkout_part_one_live ON checkout_part (receivable_id) WHERE partial",
    "INDEX receivable_live": "DROP INDEX receivable_live",
    "POLICY tenant ON payment": "ALTER POLICY tenant ON payment USING (true)",
    "POLICY open ON payment": "CREATE POLICY open ON payment USING (true)",
    "ROW SECURITY ON payment": "ALTER TABLE payment NO FORCE ROW LEVEL SECURITY",
    "TRIGGER append_only ON booking": "ALTER TABLE booking DISABLE TRIGGER append_only",
    "FUNCTION connection_merchant": "CREATE OR REPLACE FUNCTION connection_merchant(wanted_provider text, wanted uuid)"
    " RETURNS uuid LANGUAGE sql AS 'SELECT wanted'",
    "FUNCTION merchants_with_receivables": "GRANT EXECUTE ON FUNCTION merchants_with_receivables TO PUBLIC",
}
# A migration of what these lack is written by hand.
BY_HAND = {"TABLE outbox"}


def metadata(service):
    return metadata_of(import_module(f"kontor_{service}"))


async def declared(databases, service):
    empty = await databases.unmigrated(service)
    await in_database(empty.owner, create_all, metadata(service))
    return await in_database(empty.owner, catalogue)


def differences(one, other):
    return {name: (one.get(name), other.get(name)) for name in one | other if one.get(name) != other.get(name)}


def execute_changes(connection, declared):
    body = changes(connection, metadata("payments"), declared)
    namespace = {}
    exec(FILE.format(title="Mend", revision="0002", newest=None, body=body), namespace)
    with Operations.context(MigrationContext.configure(connection)):
        namespace["upgrade"]()


@pytest.mark.parametrize("service", WITH_MODELS)
async def test_the_migrations_make_what_the_models_declare(databases, service):
    migrated = await in_database((await databases.create(service)).owner, catalogue)
    assert differences(migrated, await declared(databases, service)) == {}


@pytest.mark.parametrize("service", sorted(set(WITH_MODELS) & set(contexts())))
def test_every_table_of_merchants_is_under_row_level_security_but_the_outbox(service):
    tables, made = metadata(service).tables, entities(metadata(service))
    of_merchants = {name for name, table in tables.items() if "merchant_id" in table.c}
    assert {name for name in of_merchants if f"ROW SECURITY ON {name}" not in made} == {"outbox"}


async def test_every_kind_of_difference_is_found_and_a_new_migration_mends_it(databases):
    wanted, database = await declared(databases, "payments"), await databases.create("payments")
    owner = await asyncpg.connect(database.owner)
    await owner.execute(";".join(DRIFT.values()))
    await owner.close()

    assert set(differences(await in_database(database.owner, catalogue), wanted)) == set(DRIFT)
    await in_database(database.owner, execute_changes, wanted)
    assert set(differences(await in_database(database.owner, catalogue), wanted)) == BY_HAND

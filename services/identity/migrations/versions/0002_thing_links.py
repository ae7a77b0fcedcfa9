"""Secret links to things of other owners: a meter, an invitation to read meters."""

from alembic import op

from kontor_service.migrations import tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    op.execute(
        """
        CREATE TABLE thing_link (
            id uuid PRIMARY KEY,
            merchant_id uuid NOT NULL REFERENCES merchant (id),
            thing text NOT NULL,
            generation integer NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz,
            -- One link per thing, however many ask for it at once.
            CONSTRAINT uq_thing_link_thing UNIQUE (merchant_id, thing)
        )"""
    )
    tenant_table(op, "thing_link")
    op.execute("CREATE POLICY lookup ON thing_link FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(
        """
        CREATE FUNCTION thing_of_link(p_id uuid)
        RETURNS TABLE (
            merchant_id uuid, slug text, portal_enabled boolean, language text, thing text, generation integer,
            closed boolean
        )
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT l.merchant_id, m.slug, m.portal_enabled, m.language, l.thing, l.generation,
                   l.revoked_at IS NOT NULL OR l.expires_at <= now()
            FROM thing_link l JOIN merchant m ON m.id = l.merchant_id WHERE l.id = p_id
        $$"""
    )

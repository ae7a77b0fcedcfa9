"""The shape of an edge's copy: its tables, indexes and the functions its pages call."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kontor_edge.view import View

LIVE, NEXT, OLD = "live", "next", "old"

_GRANTS = """
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
DO $$ DECLARE called regprocedure; BEGIN
    FOR called IN
        SELECT oid FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND NOT starts_with(proname, '_')
    LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {role}', called); END LOOP;
END $$;
GRANT USAGE ON SCHEMA {schema} TO {role};
"""


@dataclass(frozen=True)
class Shape:
    """`views` become the tables of a generation. `indexes` and `functions` are SQL, run with the generation's schema
    in the search path, so they name its tables without a schema.

    Functions are SQL-standard (`BEGIN ATOMIC … END`) and `SECURITY DEFINER`: they are bound to the tables when they are
    created (see functions.py). `page_role` may execute them and touch nothing else; functions whose name begins with an
    underscore are for the others and out of its reach.
    """

    edge: str
    views: Sequence[View]
    indexes: str
    functions: str
    page_role: str

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the tables or indexes: what is there must then be rebuilt."""
        tables = [view.create_table(NEXT) for view in self.views]
        return hashlib.sha256("\n".join([*tables, self.indexes]).encode()).hexdigest()

    @cached_property
    def functions_schema(self) -> str:
        """Of this build: it changes with any of the functions."""
        return "functions_" + hashlib.sha256(self.functions.encode()).hexdigest()[:12]

    @property
    def bindings(self) -> list[str]:
        """What the edge's queue binds."""
        return [view.binding for view in self.views]

    def create(self, schema: str) -> str:
        """A generation, empty. To be run in one transaction, as the copy role."""
        tables = ";\n".join(view.create_table(schema) for view in self.views)
        path = f"SET LOCAL search_path = {schema}, public"
        return f"CREATE SCHEMA {schema};\n{tables};\n{path};\n{self.indexes}"

    def view_of(self, event_type: str) -> View | None:
        """The view an event belongs to, whatever the fact; None for aggregates this edge does not copy."""
        prefix = ".".join(event_type.split(".")[:2]) + "."
        return self._by_prefix.get(prefix)

    @cached_property
    def _by_prefix(self) -> dict[str, View]:
        return {view.prefix: view for view in self.views}


def create_functions(schema: str, tables: str, body: str, role: str) -> str:
    """A build's functions in a schema of their own, bound to the tables of a generation. To be run in one transaction."""
    path = f"SET LOCAL search_path = {schema}, {tables}, public"
    return f"CREATE SCHEMA {schema};\n{path};\n{body};\n{_GRANTS.format(schema=schema, role=role)}"

"""D119: rights that everybody on the database server has."""

from collections.abc import Iterator

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

TABLES = """
SELECT DISTINCT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
aclexplode(c.relacl) a WHERE n.nspname = %(schema)s AND a.grantee = 0 ORDER BY 1 LIMIT 20"""
SCHEMA = """
SELECT count(*) FROM pg_namespace n, aclexplode(n.nspacl) a
WHERE n.nspname = %(schema)s AND a.grantee = 0 AND a.privilege_type = 'CREATE'"""


class PublicGrants(Check):
    """Every account of the database server may read or write tables of the site, or make tables and functions
    in its schema, which its own queries would then find. PostgreSQL before 15 grants the latter in `public`.
    """

    name = "D119"
    title = "Everybody on the database server has rights"
    engines = ("postgresql",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """What is granted to PUBLIC."""
        schema = patient.database.schema
        with patient.database.read() as connection:
            tables = [row[0] for row in connection.exec_driver_sql(TABLES, {"schema": schema})]
            may_create = connection.exec_driver_sql(SCHEMA, {"schema": schema}).scalar()
        if tables:
            yield self.wrong(
                f"Everybody has rights on {len(tables)} tables: {', '.join(tables[:5])}.",
                f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC;",
            )
        if may_create:
            yield self.wrong(
                f"Everybody may create in the schema {schema}.",
                f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;",
            )

"""Who may read and write what of the audit: every relation of the warehouse, and every account."""

import psycopg
import pytest
from tests.audit.conftest import Audited

from shanhai import ledger
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

# The auditor writes findings, decisions and the signature under both; the second of them also at the ledger's head.
WRITES = {("audit", "finding"), ("audit", "finding_decision"), ("audit", "sign_off"), ("ops", "sign_offs")}
# Marts of past days, which may be there, are read too.
READS = {"audit", "ops", "marts", "staging"}
PRIVILEGES = """
select namespace.nspname, relation.relname, privilege
from pg_class as relation
inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege
where relation.relkind in ('r', 'v', 'm', 'p') and namespace.nspname !~ '^(pg_|information_schema|marts_as_of_)'
    and has_schema_privilege('shanhai_auditor', namespace.oid, 'USAGE')
    and has_table_privilege('shanhai_auditor', relation.oid, privilege)
"""
SCHEMAS = """
select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|marts_as_of_)'
    and has_schema_privilege('shanhai_auditor', oid, %s)
"""


def test_the_auditor_reads_everything_that_is_shown_and_writes_findings_and_decisions(audited: Audited) -> None:
    with connect("auditor") as connection:
        granted = connection.execute(PRIVILEGES).fetchall()
        [(superuser, creates_roles, creates)] = connection.execute(
            "select rolsuper, rolcreaterole, has_database_privilege(rolname, current_database(), 'CREATE')"
            " from pg_roles where rolname = 'shanhai_auditor'"
        ).fetchall()
        relations = connection.execute(
            "select nspname, relname from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid"
            " where relkind in ('r', 'v', 'm', 'p') and nspname = any(%s)", (list(READS),)
        ).fetchall()  # fmt: skip
        assert not connection.execute(SCHEMAS, ("CREATE",)).fetchall()
        assert {name for (name,) in connection.execute(SCHEMAS, ("USAGE",))} == READS
    assert {(schema, name) for schema, name, privilege in granted if privilege != "SELECT"} == WRITES
    assert {privilege for _, _, privilege in granted} == {"SELECT", "INSERT"}
    assert {(schema, name) for schema, name, privilege in granted if privilege == "SELECT"} == set(relations)
    assert {name for schema, name in relations if schema == "audit"} > set(ledger.CHAINED_AUDIT_TABLES)
    assert (superuser, creates_roles, creates) == (False, False, False)


@pytest.mark.parametrize(("role", "statement", "is_allowed"), [
    ("auditor", "select * from audit.check_result", True),
    ("auditor", "select * from marts.fct_observations limit 1", True),
    ("auditor", "select * from ops.ledger limit 1", True),
    ("auditor", "select * from marts.mart_county_profiles_as_of(current_date) limit 1", True),
    ("auditor", "select * from audit.explain('mart_county_profiles',"
                " '{\"division_code\": \"331125\", \"year\": 2022}', 'gdp_cny') limit 1", True),
    ("auditor", "select ops.append_to_ledger('loads', '{}')", False),
    ("auditor", "insert into audit.document values ('x', 'x', 'x')", False),
    ("auditor", "insert into audit.run_finding select run_id, 1 from audit.run", False),
    ("auditor", "insert into ops.verdicts overriding system value select * from ops.verdicts", False),
    ("auditor", "insert into ops.promotions overriding system value select * from ops.promotions", False),
    ("auditor", "insert into ops.decisions overriding system value select * from ops.decisions", False),
    ("auditor", "alter table audit.finding disable trigger user", False),
    ("auditor", "insert into audit.finding (check_id, item, severity, is_material, detail, opened_on, opened_by)"
                " values ('A01', 'x', 'error', true, '{}', now(), 'a')", True),
    ("auditor", "insert into audit.check_result overriding system value select * from audit.check_result", False),
    ("auditor", "insert into audit.run overriding system value select * from audit.run", False),
    ("auditor", "insert into audit.pack overriding system value select * from audit.pack", False),
    ("auditor", "update audit.finding set item = 'y'", False),
    ("auditor", "delete from audit.finding_decision", False),
    ("auditor", "insert into staging.observations select * from staging.observations", False),
    ("pipeline", "insert into audit.finding_decision (finding_id, state, owner, reason, decided_by)"
                 " select finding_id, 'explained', 'a', 'b', 'c' from audit.finding limit 1", False),
    ("pipeline", "insert into audit.sign_off overriding system value select * from audit.sign_off", False),
    ("engineer", "insert into audit.finding_decision (finding_id, state, owner, reason, decided_by)"
                 " select finding_id, 'explained', 'a', 'b', 'c' from audit.finding limit 1", True),
    ("engineer", "insert into audit.finding_decision (finding_id, state, owner, reason, decided_by, classification,"
                 " accepted_until) select finding_id, 'accepted', 'a', 'b', 'c', 'genuine', now() from audit.finding"
                 " limit 1", False),
    ("reader", "select * from audit.check_result", False),
    ("owner", "update audit.check_result set status = 'passed'", False),
    ("owner", "update audit.document set body = 'y'", False),
    ("owner", "delete from audit.run_finding", False),
    ("owner", "truncate audit.sample_cell", False),
])  # fmt: skip
def test_each_account_writes_only_its_own(audited: Audited, role: Role, statement: str, is_allowed: bool) -> None:
    with connect(role) as connection:
        try:
            connection.execute(statement)  # type: ignore[arg-type]
            allowed = True
        except psycopg.errors.InsufficientPrivilege:
            allowed = False
        finally:
            connection.rollback()
    assert allowed is is_allowed

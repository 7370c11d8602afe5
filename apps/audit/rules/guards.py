"""The database's own guards on the trail: SQL that makes it refuse to change or delete what was appended."""

TABLE = "audit_auditentry"


def guard_statements(vendor: str) -> list[str]:
    """SQL that makes the database refuse update and delete (and PostgreSQL's TRUNCATE) on the trail."""
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail can only be appended to'; END $$",
            f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
            f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
        ]
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail can only be appended to'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    raise ValueError(f"the audit trail cannot be guarded on {vendor}")


def unguard_statements(vendor: str) -> list[str]:
    """SQL that takes the guards away: for migrations backwards and for emptying a test database."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in ("audit_no_change", "audit_no_truncate")]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_update", "audit_no_delete")]


SEGMENTS = "audit_auditsegment"


def archive_guard_statements(vendor: str) -> list[str]:
    """SQL that lets entries go that stand in an archived segment, and none besides; behind `guard_statements`."""
    archived = f"(SELECT COALESCE(MAX(last), 0) FROM {SEGMENTS})"  # noqa: S608 - names of our own
    refusal = "the audit trail can only be appended to"
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN IF OLD.sequence <= {archived} THEN RETURN OLD; END IF; END IF; "
            f"RAISE EXCEPTION '{refusal}'; END $$",
        ]
    return [
        "DROP TRIGGER IF EXISTS audit_no_delete",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} WHEN OLD.sequence > {archived} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    ]

"""Reading the trail. Who may read it is asked above, where people are known."""

from apps.audit.queries.chain import anchor, as_fields, chain_verify, entries_about, fields_between, fields_of, head

__all__ = ["anchor", "as_fields", "chain_verify", "entries_about", "fields_between", "fields_of", "head"]

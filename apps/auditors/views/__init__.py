"""The pages of audit accesses, the door of their links, and the audit room."""

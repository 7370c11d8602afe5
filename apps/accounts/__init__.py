"""People, teams, roles and tokens, and the one question "may they?"."""

"""Every write about people: accounts, teams, roles, tokens, sign-in. And `require()`, which every service asks."""

from apps.accounts.services.guests import guest_create, guest_end, guest_password_set, guest_sign_out, guest_until
from apps.accounts.services.people import (
    access_end,
    access_set,
    access_share,
    access_unshare,
    person_create,
    role_grant,
    role_revoke,
    site_administrator_set,
    team_create,
)
from apps.accounts.services.requiring import in_turn, require, require_for_site
from apps.accounts.services.signing_in import failure_note, sign_in, sign_out
from apps.accounts.services.tokens import token_accept, token_create, token_revoke, token_use

__all__ = [
    "access_end",
    "access_set",
    "access_share",
    "access_unshare",
    "failure_note",
    "guest_create",
    "guest_end",
    "guest_password_set",
    "guest_sign_out",
    "guest_until",
    "in_turn",
    "person_create",
    "require",
    "require_for_site",
    "role_grant",
    "role_revoke",
    "sign_in",
    "sign_out",
    "site_administrator_set",
    "team_create",
    "token_accept",
    "token_create",
    "token_revoke",
    "token_use",
]

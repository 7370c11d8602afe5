"""Policies: what has to hold before a version is approved, as data that a person can read."""

from apps.checklist.rules.policies.reading import PolicyInvalid, Vocabulary, policy_from
from apps.checklist.rules.policies.shapes import (
    About,
    InForce,
    Policy,
    Rule,
    chosen,
    missing,
)

__all__ = [
    "About",
    "InForce",
    "Policy",
    "PolicyInvalid",
    "Rule",
    "Vocabulary",
    "chosen",
    "missing",
    "policy_from",
]

"""Frameworks, assessments, answers with evidence, the gate, and sign-off."""

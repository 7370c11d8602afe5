"""Licence expressions: read by SPDX, classed, and refused with the offending word named."""

import pytest

from workers.scanning.licences import judge

GOOD = [
    ("MIT", "MIT", "permissive", True),
    ("mit or apache-2.0", "MIT OR Apache-2.0", "permissive", True),
    ("CC0-1.0", "CC0-1.0", "permissive", True),
    ("CC-BY-4.0", "CC-BY-4.0", "permissive", True),
    ("ODC-By-1.0", "ODC-By-1.0", "permissive", True),
    ("CC-BY-SA-4.0", "CC-BY-SA-4.0", "copyleft", True),
    ("ODbL-1.0", "ODbL-1.0", "copyleft", True),
    ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "copyleft", True),
    ("MIT AND CC-BY-SA-4.0", "MIT AND CC-BY-SA-4.0", "copyleft", True),
    ("MIT OR GPL-3.0-only", "MIT OR GPL-3.0-only", "permissive", True),
    ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "non-commercial", False),
    ("CC-BY-NC-SA-4.0 AND MIT", "CC-BY-NC-SA-4.0 AND MIT", "non-commercial", False),
    ("CC-BY-NC-4.0 OR MIT", "CC-BY-NC-4.0 OR MIT", "permissive", True),
    ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "restricted", None),
    ("LicenseRef-llama3", "LicenseRef-llama3", "restricted", None),
    ("LicenseRef-our-own-terms", "LicenseRef-our-own-terms", "unknown", None),
    ("MIT AND LicenseRef-our-own-terms", "MIT AND LicenseRef-our-own-terms", "unknown", None),
    ("(MIT OR CC-BY-NC-4.0) AND CC-BY-4.0", "(MIT OR CC-BY-NC-4.0) AND CC-BY-4.0", "permissive", True),
]


@pytest.mark.parametrize(("expression", "normalised", "licence_class", "commercial_use"), GOOD)
def test_valid_expressions_are_classed(expression, normalised, licence_class, commercial_use) -> None:
    found = judge(expression)
    assert found.valid and found.problem == ""
    assert (found.normalised, found.licence_class, found.commercial_use) == (normalised, licence_class, commercial_use)
    assert found.keys and found.means


BAD = [
    ("", "No licence is given"),
    ("Foo-1.0 OR MIT", "'Foo-1.0' is not on the SPDX licence list"),
    ("llama3", "LicenseRef-llama3"),
    ("CC BY 4.0", "'CC BY 4.0' is not on"),
    ("MIT AND", "stops too early"),
    ("(MIT", "stops too early"),
    ("MIT)", "at ')' (character 4)"),
    ("MIT AND AND X11", "at 'AND' (character 9)"),
    ("MIT Apache-2.0", "at 'Apache-2.0' (character 5)"),
    ("MIT/Apache-2.0", "'MIT/Apache-2.0' is not how a licence is written"),
    ("GPL-2.0-or-later WITH MIT", "at 'MIT' (character 23)"),
    ("<script>alert(1)</script>", "'<script>alert' is not how"),
    ("MIT OR " * 200 + "MIT", "longer than 1000 characters"),
]


@pytest.mark.parametrize(("expression", "words"), BAD)
def test_invalid_expressions_name_the_offending_word(expression, words) -> None:
    found = judge(expression)
    assert not found.valid
    assert words in found.problem
    assert (found.licence_class, found.commercial_use) == ("unknown", None)

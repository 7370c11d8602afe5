"""The certificates that documents were signed with."""

import re

from django.db import models


class SealCertificate(models.Model):
    """One key that documents are, or were, signed with: its certificate, published for as long as there are documents.

    The private half is no part of it, and lies where workers are.
    """

    OWN, FILE, TOKEN = "own", "file", "token"
    ORIGINS = {OWN: "Made by this portal", FILE: "A file of the organisation", TOKEN: "A security device (PKCS #11)"}

    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the certificate")
    pem = models.TextField(help_text="the certificate, and those that it was issued with")
    subject = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    algorithm = models.CharField(max_length=60)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    origin = models.CharField(max_length=8, choices=list(ORIGINS.items()))
    created_at = models.DateTimeField(help_text="when it was first used here")
    retired_at = models.DateTimeField(null=True, blank=True, help_text="when another took its place")

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} ({self.fingerprint[:16]})"

    @property
    def holder(self) -> str:
        """Whom the certificate names: the common name, else the whole subject (RFC 4514)."""
        found = re.search(r"(?:^|,)CN=((?:[^,\\]|\\.)+)", self.subject)
        return re.sub(r"\\(.)", r"\1", found.group(1)) if found else self.subject

    @property
    def is_self_made(self) -> bool:
        """Whether nobody but its holder vouches for it."""
        return self.subject == self.issuer

"""What people give for audit packs."""

from django import forms
from django.core.validators import RegexValidator


class VerifyForm(forms.Form):
    """A pack to check, and the digest it ought to have."""

    pack = forms.FileField(label="Audit pack", help_text="The ZIP archive, exactly as it was downloaded.")
    digest = forms.CharField(
        label="Digest of its manifest",
        required=False,
        strip=True,
        max_length=64,
        validators=[RegexValidator("^[0-9a-fA-F]{64}$", "A digest has 64 characters from 0 to 9 and a to f.")],
        help_text="If somebody gave you the digest by another way, paste it here: then not even a wholly rewritten"
        " pack passes.",
    )

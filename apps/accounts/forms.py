"""What people type about themselves."""

from django import forms

from apps.accounts.rules import SCOPES, WRITE


class SignInForm(forms.Form):
    """E-mail address and password."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class TokenForm(forms.Form):
    """A new token for a tool."""

    name = forms.CharField(label="What is it for?", max_length=80, help_text="For example: training pipeline.")
    scope = forms.ChoiceField(
        label="What may it do?", choices=list(SCOPES.items()), initial=WRITE, help_text="Never more than you may."
    )
    days = forms.IntegerField(
        label="Days it is valid", min_value=1, max_value=366, initial=90, help_text="It ends by itself after that."
    )

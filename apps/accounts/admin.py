"""The back office of people, teams and tokens. Whatever it changes goes through the services, and so into the trail."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.accounts import queries, services
from apps.accounts.models import ApiToken, Team, User
from apps.accounts.rules import ROLES
from apps.core.back_office import BackOffice, tried

GIVE, TAKE = "give", "take"


class _ByForm(forms.ModelForm):
    """A form that knows who fills it in; the team is one that they administer."""

    by: ClassVar[User]
    team = forms.ModelChoiceField(queryset=Team.objects.none())
    role = forms.ChoiceField(choices=list(ROLES.items()))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        teams = self.fields["team"]
        assert isinstance(teams, forms.ModelChoiceField)
        teams.queryset = queries.teams_where(self.by, "people.manage")


class NewPersonForm(_ByForm):
    password = forms.CharField(widget=forms.PasswordInput, help_text="At least ten characters; tell it to the person.")

    class Meta:
        model = User
        fields = ["email", "name", "is_staff", "access_ends_at"]


class RoleForm(_ByForm):
    """Gives a person a role in a team, or takes it away."""

    what = forms.ChoiceField(choices=[(GIVE, "Give this role"), (TAKE, "Take this role away")])
    reason = forms.CharField(required=False, max_length=2_000, help_text="Kept in the trail.")

    class Meta:
        model = User
        fields: list[str] = []


@admin.register(User)
class PersonAdmin(BackOffice):
    """People of the teams that one administers: add them, change their roles, end their access."""

    seen = staticmethod(queries.people_seen_by)
    list_display = ["name", "email", "is_active", "access_ends_at", "is_staff", "last_login"]
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]
    actions = ["end_access", "open_access", "site_begin", "site_end"]
    readonly_fields = ["roles_held"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return queries.may_anywhere(queries.person(request), "people.manage")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:
        form = RoleForm if change else NewPersonForm
        bound = type(form.__name__, (form,), {"by": queries.person(request)})
        return super().get_form(request, obj, change=change, **more | {"form": bound})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["email", "name", "password", "is_staff", "access_ends_at", "team", "role"]
        return ["roles_held", "what", "role", "team", "reason"]

    @admin.display(description="Roles")
    def roles_held(self, user: User) -> str:
        return "; ".join(f"{team}: {roles}" for team, roles in queries.roles_in_words(user)) or "None"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by, given = queries.person(request), form.cleaned_data
        if not change:
            fields = {name: given[name] for name in ("email", "name", "password", "is_staff", "access_ends_at")}
            obj.pk = services.person_create(by=by, **fields).pk
        user = User.objects.get(pk=obj.pk)
        if change and given["what"] == TAKE:
            services.role_revoke(by=by, user=user, team=given["team"], role=given["role"], reason=given["reason"])
        else:
            services.role_grant(by=by, user=user, team=given["team"], role=given["role"])

    @admin.action(description="End access at once")
    def end_access(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        for user in rows:
            _tried(request, f"Access of {user} ended.", services.access_end, user=user)

    @admin.action(description="Open access without an end")
    def open_access(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        for user in rows:
            _tried(request, f"Access of {user} opened.", services.access_set, user=user, ends_at=None)

    def get_actions(self, request: HttpRequest) -> Any:
        """Who administers the whole site is theirs to name who do."""
        found = super().get_actions(request)
        if not request.user.is_superuser:
            for name in ("site_begin", "site_end"):
                found.pop(name, None)
        return found

    @admin.action(description="Let administer the whole site")
    def site_begin(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        for user in rows:
            done = f"{user} administers the whole site."
            _tried(request, done, services.site_administrator_set, user=user, is_one=True)

    @admin.action(description="No longer administer the whole site")
    def site_end(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        for user in rows:
            done = f"{user} administers the whole site no longer."
            _tried(request, done, services.site_administrator_set, user=user, is_one=False)


@admin.register(Team)
class TeamAdmin(BackOffice):
    """Teams; whoever makes one becomes its first administrator."""

    list_display = ["name", "slug", "created_at"]
    search_fields = ["name"]
    fields = ["name"]

    @staticmethod
    def seen(user: Any) -> QuerySet[Team]:
        return queries.teams_where(user, "team.view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return queries.may_anywhere(queries.person(request), "people.manage")

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        obj.pk = services.team_create(by=queries.person(request), name=form.cleaned_data["name"]).pk


@admin.register(ApiToken)
class ApiTokenAdmin(BackOffice):
    """Tokens of the people of one's teams; they can be revoked here, and read nowhere."""

    seen = staticmethod(queries.tokens_managed_by)
    list_display = ["name", "user", "scope", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["scope"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke at once")
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiToken]) -> None:
        for token in rows:
            _tried(request, f"Token “{token}” revoked.", services.token_revoke, token=token)


def _tried(request: HttpRequest, done: str, service: Any, **given: Any) -> None:
    """Call the service in the person's name and say how it went."""
    tried(request, done, service, by=queries.person(request), **given)


# Roles are held per team and change through services only; these doors would go past the trail.
for _model in (Group, UserObjectPermission, GroupObjectPermission):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

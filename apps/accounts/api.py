"""The API of people, teams and tokens."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries, services
from apps.accounts.models import ApiToken, Team, User
from apps.accounts.rules import POLICY, READ, ROLES, SCOPES
from apps.core.errors import NotFound, Refused
from apps.core.serializing import Input
from apps.core.viewsets import ReadViewSet, SeenViewSet

ROLE_CHOICES = list(ROLES.items())


class TeamOut(serializers.ModelSerializer[Team]):
    """A team, and what the asking person is and may do there."""

    my_roles = serializers.SerializerMethodField()
    my_actions = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["id", "name", "slug", "created_at", "my_roles", "my_actions"]

    def get_my_roles(self, team: Team) -> list[str]:
        return sorted(queries.roles_by_team(self.context["request"].user).get(team.pk, ()))

    def get_my_actions(self, team: Team) -> list[str]:
        user = self.context["request"].user
        return [name for name in POLICY if queries.may(user, name, team)]


class TeamIn(Input):
    name = serializers.CharField(max_length=120)


class MemberOut(serializers.Serializer[Any]):
    """A person and the roles they hold in one team."""

    id = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.name")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLE_CHOICES))


class RoleIn(Input):
    """A person, by e-mail address, and the role to give them."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLE_CHOICES)


class RoleRevokeIn(RoleIn):
    """A person, by e-mail address, and the role to take away; the reason is kept in the trail."""

    reason = serializers.CharField(max_length=2_000)


class PersonIn(Input):
    """A new account. Without a password nobody can sign in to it."""

    email = serializers.EmailField()
    name = serializers.CharField(max_length=120)
    password = serializers.CharField(max_length=200, required=False, write_only=True)
    access_ends_at = serializers.DateTimeField(required=False, allow_null=True)


class PersonOut(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "email", "name", "access_ends_at", "created_at"]


class MeOut(PersonOut):
    """Who asks, and their teams."""

    teams = serializers.SerializerMethodField()

    class Meta(PersonOut.Meta):
        fields = [*PersonOut.Meta.fields, "teams"]

    @extend_schema_field(TeamOut(many=True))
    def get_teams(self, user: User) -> Any:
        return TeamOut(queries.teams_where(user, "team.view"), many=True, context=self.context).data


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token without its secret, which is not kept."""

    is_usable = serializers.BooleanField(source="is_valid", read_only=True)

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scope", "created_at", "expires_at", "last_used_at", "revoked_at", "is_usable"]


class TokenIn(Input):
    name = serializers.CharField(max_length=80)
    scope = serializers.ChoiceField(choices=list(SCOPES.items()), default=READ)
    days = serializers.IntegerField(default=90, min_value=1, max_value=366)


class NewTokenOut(TokenOut):
    """A token with its secret, shown this once."""

    secret = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "secret"]


class MeView(GenericAPIView[User]):
    """Who this token or session belongs to, with teams and roles."""

    serializer_class = MeOut
    pagination_class = None
    filter_backends = []

    @extend_schema(operation_id="me")
    def get(self, request: Request) -> Response:
        return Response(MeOut(queries.person(request), context=self.get_serializer_context()).data)


class TeamViewSet(ReadViewSet):
    """Teams that the person belongs to."""

    serializer_class = TeamOut
    queryset = Team.objects.none()

    def get_queryset(self) -> QuerySet[Team]:
        return queries.teams_where(self.request.user, "team.view")

    @extend_schema(request=TeamIn, responses={201: TeamOut})
    def create(self, request: Request) -> Response:
        """Make a team; an administrator of any team may, and becomes its first administrator."""
        team = services.team_create(by=queries.person(request), **self.accepted_input(TeamIn))
        return self.answer(TeamOut, team, status.HTTP_201_CREATED)

    @extend_schema(responses=MemberOut(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def members(self, request: Request, pk: str) -> Response:
        """The people of a team and their roles."""
        return Response(MemberOut(queries.members_of(self.get_object()), many=True).data)

    @extend_schema(request=RoleIn, responses=MemberOut(many=True))
    @members.mapping.post
    def member_add(self, request: Request, pk: str) -> Response:
        """Give a person a role in this team."""
        given, team = self.accepted_input(RoleIn), self.get_object()
        services.require(queries.person(request), "people.manage", team)
        services.role_grant(by=queries.person(request), user=_known(given["email"]), team=team, role=given["role"])
        return Response(MemberOut(queries.members_of(team), many=True).data)

    @extend_schema(request=RoleRevokeIn, responses=MemberOut(many=True))
    @action(detail=True, methods=["post"], url_path="members/revoke", pagination_class=None, filterset_class=None)
    def member_revoke(self, request: Request, pk: str) -> Response:
        """Take a role away from a person; it ends at once."""
        given, team = self.accepted_input(RoleRevokeIn), self.get_object()
        services.require(queries.person(request), "people.manage", team)
        email = given.pop("email")
        services.role_revoke(by=queries.person(request), user=_known(email), team=team, **given)
        return Response(MemberOut(queries.members_of(team), many=True).data)


def _known(email: str) -> User:
    found = queries.person_by_email(email)
    if found is None:
        raise NotFound("Nobody has this e-mail address.", code="person.unknown", remedy="Add the person first.")
    return found


class PeopleViewSet(SeenViewSet):
    """Accounts, added by administrators."""

    serializer_class = PersonOut
    queryset = User.objects.none()

    @extend_schema(request=PersonIn, responses={201: PersonOut})
    def create(self, request: Request) -> Response:
        """Add a person. They see nothing until they are given a role in a team."""
        person = services.person_create(by=queries.person(request), **self.accepted_input(PersonIn))
        return self.answer(PersonOut, person, status.HTTP_201_CREATED)


class TokenViewSet(ListModelMixin, SeenViewSet):
    """The person's own tokens."""

    serializer_class = TokenOut
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        return queries.tokens_of(self.request.user)

    @extend_schema(request=TokenIn, responses={201: NewTokenOut})
    def create(self, request: Request) -> Response:
        """Make a token and show its secret once. Only for people who are signed in: a token makes no tokens."""
        if isinstance(request.auth, ApiToken):
            raise Refused(
                "A token cannot make another one: whoever found it could go on after it was revoked.",
                code="token.by_token",
                remedy="Sign in and make the token on your account page.",
            )
        user = queries.person(request)
        token, secret = services.token_create(by=user, user=user, **self.accepted_input(TokenIn))
        return Response(TokenOut(token).data | {"secret": secret}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=TokenOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """End a token at once."""
        token = self.get_object()
        services.token_revoke(by=queries.person(request), token=token)
        return self.answer(TokenOut, token)

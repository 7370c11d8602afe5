"""People, the teams they work in, and the tokens their tools carry."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from apps.accounts.rules import READ, ROLES, SCOPES


class PeopleManager(BaseUserManager["User"]):
    """Makes people by e-mail address; `manage.py createsuperuser` needs it."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may open the back office", default=False)
    access_ends_at = models.DateTimeField(
        null=True, blank=True, help_text="For time-boxed access, such as an auditor's."
    )
    created_at = models.DateTimeField(default=timezone.now)
    is_guest = models.BooleanField(
        default=False, help_text="Holds no role, and sees nothing but the audit rooms that were opened to them."
    )

    objects: ClassVar[PeopleManager] = PeopleManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def shown_outside(self) -> str:
        """The name as people from outside are told it: never an address."""
        return self.name if self.name and "@" not in self.name else f"user {self.pk}"

    @property
    def trail_label(self) -> str:
        """How the trail names a person: by number only."""
        return f"user {self.pk}"

    @property
    def has_access(self) -> bool:
        """Whether the account is active and its time has not run out."""
        return self.is_active and (self.access_ends_at is None or self.access_ends_at > timezone.now())


class Team(models.Model):
    """The people who share models, data and decisions; nothing is readable across teams."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        permissions = list(ROLES.items())

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A secret that a person's tool carries; only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=list(SCOPES.items()), default=READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_valid(self) -> bool:
        """Whether the token still opens anything."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class SignInFailure(models.Model):
    """One failed sign-in, by a digest of address and network origin, kept as long as it throttles."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="sign_in_failure_key")]

    def __str__(self) -> str:
        return f"failed sign-in at {self.at:%Y-%m-%d %H:%M}"

"""Which policy of the gate holds for what, and who may see and set them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.queries import roles_by_team, team_ids_seen_by, team_ids_where
from apps.checklist.models import Assessment, GatePolicy
from apps.checklist.queries.frameworks import FOLDER, GENAIOPS, framework
from apps.checklist.rules.frameworks import FrameworkInvalid, Problem
from apps.checklist.rules.frameworks.texts import spots_of
from apps.checklist.rules.policies import About, InForce, Policy, PolicyInvalid, Vocabulary, chosen, policy_from
from apps.core.errors import NotFound
from apps.evaluation.rules import METRICS
from apps.registry.models import ModelTag, ModelVersion, SystemVersion, VersionTag
from apps.registry.rules import RISK_CLASSES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

DEFAULT_FILE = FOLDER.parent / "policies" / "genaiops.yaml"
KEPT = 500  # texts of policies that stay read


def policy_read(text: str, vocabulary: Vocabulary | None = None) -> Policy:
    """The policy that a text holds. Raises PolicyInvalid with every line that is wrong."""
    try:
        return policy_from(spots_of(text, "policy"), vocabulary)
    except FrameworkInvalid as error:
        raise PolicyInvalid([_hinted(problem) for problem in error.problems]) from None


def _hinted(problem: Problem) -> Problem:
    """A star alone means something else in YAML; whoever writes one means every question."""
    is_alias = "alias" in problem.rule
    return replace(problem, rule=f"{problem.rule} For every question write “all”.") if is_alias else problem


@lru_cache(maxsize=KEPT)
def _stored(text: str) -> Policy:
    return policy_read(text)


@cache
def default_text() -> str:
    """The policy that comes with the product, as it is written down."""
    return DEFAULT_FILE.read_text(encoding="utf-8")


def default_policy() -> InForce:
    """The policy that holds where a team has set none of its own."""
    return InForce(_stored(default_text()))


def vocabulary() -> Vocabulary:
    """What a policy may name: the questions of the newest GenAIOps checklist, metrics of evaluations, risk classes."""
    questions = frozenset(framework(GENAIOPS).questions)
    return Vocabulary(questions, frozenset(METRICS), frozenset(RISK_CLASSES))


def in_force(row: GatePolicy) -> InForce:
    """A stored revision as rules read it."""
    return InForce(_stored(row.text), row.name, row.revision, row.pk)


def current_policies(team_ids: Iterable[int]) -> dict[int, list[InForce]]:
    """The policies that these teams have set and not withdrawn, by team; one query."""
    found: dict[int, list[InForce]] = defaultdict(list)
    for row in GatePolicy.objects.filter(team_id__in=set(team_ids), is_current=True, is_withdrawn=False):
        found[row.team_id].append(in_force(row))
    return found


def policies_for(assessments: Sequence[Assessment]) -> dict[int, InForce]:
    """The policy that holds for each assessment at this moment, by its id. At most five queries, however many."""
    own, default = current_policies(one.team_id for one in assessments), default_policy()
    asking = [one for one in assessments if any(not each.policy.applies.is_for_all for each in own[one.team_id])]
    versions = {one.version_id: one.version for one in asking if one.version is not None}
    about = about_of(list(versions.values())) if versions else {}
    return {one.pk: chosen(own[one.team_id], about.get(one.version_id or 0, About("")), default) for one in assessments}


def about_of(versions: Sequence[ModelVersion]) -> dict[int, About]:
    """What conditions of policies ask of each version, by its id; a version's tag stands before its model's."""
    pks, models = [one.pk for one in versions], {one.model_id for one in versions}
    of_model, of_version, classes = defaultdict(dict), defaultdict(dict), defaultdict(set)  # type: ignore[var-annotated]
    for model_tag in ModelTag.objects.filter(model__in=models):
        of_model[model_tag.model_id][model_tag.key] = model_tag.value
    for version_tag in VersionTag.objects.filter(version__in=pks):
        of_version[version_tag.version_id][version_tag.key] = version_tag.value
    for pk, risk in SystemVersion.objects.filter(version__in=pks, until=None).values_list(
        "version_id", "system__risk_class"
    ):
        classes[pk].add(risk)
    return {
        one.pk: About(one.model.name, of_model[one.model_id] | of_version[one.pk], frozenset(classes[one.pk]))
        for one in versions
    }


def policies_seen_by(user: "User | AnonymousUser") -> QuerySet[GatePolicy]:
    """Every revision of the policies of the person's teams, the newest of each name first."""
    rows = GatePolicy.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "set_by").order_by("team__name", "name", "-revision")


def policy_seen(user: "User | AnonymousUser", pk: int) -> GatePolicy:
    """One revision. Raises NotFound when it is not there or not to be seen."""
    found = policies_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such policy, or you may not see it.")
    return found


def policy_row(used: InForce | None) -> GatePolicy | None:
    """The stored revision of a policy; None for the one that comes with the product."""
    if used is None or used.pk is None:
        return None
    return GatePolicy.objects.select_related("team", "set_by").get(pk=used.pk)


def team_ids_signed_by(user: "User | AnonymousUser") -> list[int]:
    """The teams where some policy that holds there counts the person's sign-off. One query."""
    teams, roles = team_ids_where(user, "assessment.sign"), roles_by_team(user)
    own = current_policies(teams)
    return [team for team in teams if not _roles_named(own[team]).isdisjoint(roles.get(team, frozenset()))]


def _roles_named(own: Sequence[InForce]) -> set[str]:
    """The roles that some policy of a team counts; the portal's own holds beside them unless one is for everything."""
    named = {role for one in own for role in one.policy.roles}
    is_whole = any(one.policy.applies.is_for_all for one in own)
    return named if is_whole else named | default_policy().policy.roles

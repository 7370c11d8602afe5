"""A small house of rules and a system that is held against it: cheap to make, for tests of working together."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.accounts.rules import COMPLIANCE
from apps.checklist.models import Assessment
from apps.checklist.services import answer_save, assessment_create, framework_load
from apps.registry.services import system_create
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_person
from tests.people import People

RULES = raw_framework(
    group(
        "people",
        question("p-1", "Who is asked?"),
        groups=[group("inner", question("p-2", "Who decides?"), question("p-3", "Who pays?", answer="number"))],
    ),
    group("place", question("w-1", "Where is it?"), question("w-2", "Is it near?", answer="yes_no")),
    subjects=["system"],
)


@dataclass(frozen=True)
class House:
    """People, one system of Olga's, and its assessment; Cora is the compliance officer who loaded the rules."""

    people: People
    cora: User
    assessment: Assessment

    def say(self, question: str, by: User | None = None) -> None:
        """Olga, or somebody else, answers a question that is answered in words."""
        given = {"status": "declared", "text": "It was looked into."}
        answer_save(by=by or self.people.olga, assessment=self.assessment, question=question, **given)


def make_house(people: People) -> House:
    """The rules loaded, and a system held against them."""
    cora = make_person(COMPLIANCE, team=people.team, name="Cora")
    framework_load(by=cora, text=text_of(RULES))
    system = system_create(by=people.olga, team=people.team, name="Front desk")
    return House(people, cora, assessment_create(by=people.olga, system=system, urn=URN))

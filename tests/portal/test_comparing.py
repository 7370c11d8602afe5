"""Versions side by side, on the page and over the API: what differs comes first."""

import pytest
from django.urls import reverse

from apps.portal.queries.comparing import keys_in
from apps.registry.models import VersionMetric
from tests.makers import make_browser, make_client, make_evaluation, make_tuned, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/model-versions-compared/"


@pytest.fixture
def people() -> People:
    return make_people()


def test_two_versions_with_their_differences_first(people: People) -> None:
    run = make_tuned(people.olga, people.team)
    make_evaluation(people.olga, run)
    tuned, base = run.output_version, run.base_version
    assert tuned is not None
    VersionMetric.objects.create(version=base, name="accuracy", value=0.5, dataset="mmlu")
    told = make_client(people.olga).get(API, {"versions": f"{tuned.pk},{base.pk}"}).json()
    assert [version["id"] for version in told["versions"]] == [tuned.pk, base.pk]
    groups = {group["title"]: {row["label"]: row for row in group["rows"]} for group in told["groups"]}
    assert groups["Made from"]["Tuned from"]["values"] == [str(base), "—"]
    loss = next(row for label, row in groups["Scores"].items() if "lower is better" in label)
    assert loss["values"] == ["1", "—"] and loss["differs"]
    assert groups["Scores"]["accuracy on mmlu (imported)"]["values"] == ["—", "0.5"]
    assert groups["Energy and time"]["Energy of the tuning"]["values"] == ["250 Wh", "—"]
    for group in told["groups"]:
        marks = [row["differs"] for row in group["rows"]]
        assert marks == sorted(marks, reverse=True), group["title"]


def test_the_page_adds_takes_out_and_shortens(people: People) -> None:
    olga, url = make_browser(people.olga), reverse("portal:version-compare")
    one, two = make_version(people.olga, people.team), make_version(people.olga, people.team)
    assert "Nothing to compare yet" in olga.get(url).content.decode()
    assert "One more is needed" in olga.get(url, {"versions": one.pk}).content.decode()
    page = olga.get(url, {"versions": [one.pk, two.pk]}).content.decode()
    assert str(one) in page and str(two) in page and "LlamaForCausalLM" in page
    short = olga.get(url, {"versions": f"{one.pk},{two.pk}", "only": "differences"}).content.decode()
    assert "LlamaForCausalLM" not in short and two.manifest_digest[:12] in short
    lines = b"".join(olga.get(url, {"versions": f"{one.pk},{two.pk}", "format": "csv"}).streaming_content).decode()
    assert lines.startswith(f"part,what,{one},{two}")


def test_what_is_not_seen_is_not_compared(people: People) -> None:
    mine, strange = make_version(people.olga, people.team), make_version(people.xena, people.other_team)
    ask = {"versions": f"{mine.pk},{strange.pk}"}
    assert make_client(people.olga).get(API, ask).status_code == 404
    assert make_browser(people.olga).get(reverse("portal:version-compare"), ask).status_code == 404
    assert make_client(people.olga).get(API, {"versions": "1,2,3,4,5"}).status_code == 422


@pytest.mark.parametrize(
    ("text", "keys"),
    [("1,2", [1, 2]), ("2, 1,2", [2, 1]), ("", []), ("x,-1,1e3,3", [3]), ("9" * 30 + ",4", [4]), ("²,5", [5])],
)
def test_keys(text: str, keys: list[int]) -> None:
    assert keys_in(text) == keys


def test_the_cost_grows_with_the_versions_compared_only(people: People) -> None:
    olga, run = make_browser(people.olga), make_tuned(people.olga, people.team)
    make_evaluation(people.olga, run)
    url = f"{reverse('portal:version-compare')}?versions={run.output_version_id},{run.base_version_id}"
    before = queries_of(olga, url)
    for _ in range(5):
        make_evaluation(people.olga, run)
        make_version(people.olga, people.team)
    assert queries_of(olga, url) == before

"""Figures of data in a snapshot: no value that those who may not read the rows are not to see."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.figures import statistics_for, statistics_without_raw
from apps.reports.queries.frozen import freeze
from tests.makers import commit, jsonl, make_dataset, make_person
from tests.people import People, make_people

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = [{"phone": 351_912_345_600 + n, "ward": "Oncology" if n % 2 else "Surgery", "text": "x" * n} for n in range(20)]
TELLING = ("351912345600", "351912345619", "Oncology", "Surgery")


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def _version(people: People, rows: list[dict[str, Any]], name: str = "Calls") -> DatasetVersion:
    dataset = make_dataset(people.olga, people.team, name=name)
    return commit(people.olga, dataset, jsonl(rows))


def test_no_value_of_unscanned_data_is_frozen(people: People) -> None:
    version = _version(people, ROWS)
    assert all(word in json.dumps(version.statistics) for word in TELLING)
    (told,) = freeze(version, by=people.olga, at=AT)["datasets"]
    columns = {one["name"]: one for one in told["statistics"]["columns"]}
    assert [word for word in TELLING if word in json.dumps(told["statistics"])] == []
    assert columns["text"]["length"]["high"] == 19 and columns["ward"]["distinct"] == 2


def test_it_tells_what_an_auditor_sees(people: People) -> None:
    auditor = make_person("auditor", team=people.team)
    some = [_version(people, ROWS), _version(people, [{"age": n} for n in range(20)], name="Ages")]
    told = statistics_without_raw(some)
    assert told == {one.pk: statistics_for(auditor, one) for one in some}
    assert statistics_for(people.olga, some[0]) == some[0].statistics != told[some[0].pk]

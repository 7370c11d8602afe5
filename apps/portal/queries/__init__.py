"""Reads that join several apps: the trail with names, runs of every kind, search, the overview, the version page."""

from apps.portal.queries.overview import overview_for
from apps.portal.queries.runs import (
    KINDS,
    RunLine,
    RunMark,
    line_of,
    mark_of,
    plain_values,
    recreate_url_of,
    remedy_link_of,
    result_link_of,
    result_seen,
    run_seen,
    runs_below,
    runs_listed_for,
    subject_links_of,
    subjects_of,
)
from apps.portal.queries.search import search_for
from apps.portal.queries.standing import standing_of_system
from apps.portal.queries.trail import trail_people, trail_seen_by, with_actor_names
from apps.portal.queries.version import version_page_for
from apps.portal.queries.version_tabs import TABS

__all__ = [
    "KINDS",
    "TABS",
    "RunLine",
    "RunMark",
    "line_of",
    "mark_of",
    "overview_for",
    "plain_values",
    "remedy_link_of",
    "recreate_url_of",
    "result_link_of",
    "result_seen",
    "run_seen",
    "runs_below",
    "runs_listed_for",
    "search_for",
    "standing_of_system",
    "subject_links_of",
    "subjects_of",
    "trail_people",
    "trail_seen_by",
    "version_page_for",
    "with_actor_names",
]

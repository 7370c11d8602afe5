"""The design system: readable colours, honest words, no inline style, and tags that write what they promise."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from apps.core import formatting, symbols
from apps.core.paging import BoundedPaginator

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static/css/tokens.css").read_text()
PRINT = (ROOT / "static/css/print.css").read_text()
TEMPLATES = [
    path
    for folder in ("400", "403", "403_csrf", "404", "429", "500", "bare", "base", "error")
    for path in [ROOT / f"templates/{folder}.html"]
] + sorted((ROOT / "templates/components").glob("*.html"))
STATES = ("good", "warning", "bad", "unknown", "neutral")


def colours(theme: int) -> dict[str, str]:
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
    return {name: (light, dark)[theme] for name, light, dark in pairs}


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = (
    [(text, ground) for text in ("ink", "ink-soft", "ink-faint") for ground in ("page", "surface", "sunken", "raised")]
    + [(text, f"{state}-soft") for text in ("ink", "ink-soft", "ink-faint") for state in (*STATES, "accent")]
    + [(state, ground) for state in STATES for ground in (f"{state}-soft", "surface", "page", "sunken")]
    + [
        (text, ground)
        for text in ("accent", "accent-strong")
        for ground in ("page", "surface", "accent-soft", "sunken")
    ]
    + [("on-accent", "accent"), ("on-accent", "accent-strong")]
)
MARK_PAIRS = (
    [("line-strong", ground) for ground in ("page", "surface", "sunken")]
    + [(f"series-{number}", "surface") for number in range(1, 6)]
    + [("accent", "surface"), ("accent", "raised")]
)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reaches_wcag_aa(theme, text, ground):
    palette = colours(theme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_controls_and_chart_lines_stand_out(theme, mark, ground):
    palette = colours(theme)
    assert contrast(palette[mark], palette[ground]) >= 3


def test_paper_has_the_light_colours():
    paper = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", PRINT))
    assert paper == {name: colours(0)[name] for name in paper}
    assert {"ink", "bad", "good-soft"} <= set(paper)


def test_style_sheets_name_only_colours_of_the_tokens():
    for sheet in (ROOT / "static/css").glob("*.css"):
        if sheet.name in {"tokens.css", "print.css"}:
            continue
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgba?\(", sheet.read_text()), sheet.name
        used = set(re.findall(r"var\(--([\w-]+)\)", sheet.read_text()))
        defined = set(re.findall(r"--([\w-]+):", TOKENS))
        assert used <= defined, sheet.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_inline(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)
    named = set(re.findall(r'{% icon "([\w-]+)"', text))
    assert named <= set(symbols.icon_drawings())


def test_every_state_has_an_icon():
    names = {symbols.icon_of(word, tone) for word, tone in symbols._TONE_OF.items()}
    assert names | {symbols.icon_of(state, tone) for state, tone in symbols.KNOWN_TONES.items()} <= set(
        symbols.icon_drawings()
    )


def rendered(source: str, /, **values: object) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.123456, "0.1235"),
        (1234.5678, "1,235"),
        (-0.5, "−0.5"),
        (100.0, "100"),
        (float("nan"), "—"),
        (float("inf"), "∞"),
        (0.0000123, "1.23 × 10⁻⁵"),
        (5e-324, "4.94 × 10⁻³²⁴"),
    ],
)
def test_number(value, words):
    assert formatting.number(value) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(None, "—"), (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1024**2 - 1, "1.0 MiB"), (5 * 1024**4, "5.0 TiB")],
)
def test_file_size(size, words):
    assert formatting.file_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0.85, "850 ms"),
        (4.21, "4.2 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7440, "2 h 4 min"),
        (273600, "3 d 4 h"),
    ],
)
def test_duration(seconds, words):
    assert formatting.duration(seconds) == words


@pytest.mark.parametrize(
    ("kwh", "words"), [(None, "—"), (1500, "1.5 MWh"), (12.34, "12.3 kWh"), (0.00231, "2.31 Wh"), (2e-5, "20 mWh")]
)
def test_energy(kwh, words):
    assert formatting.energy(kwh) == words


NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=26), "1 day ago"),
        (timedelta(days=-3, minutes=-1), "in 3 days"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_ago(distance, words):
    assert formatting.ago(NOW - distance, NOW) == words


def test_time_carries_the_exact_time():
    when = timezone.now() - timedelta(hours=2)
    html = rendered("{% ago when %}", when=when)
    assert f'datetime="{when.isoformat(timespec="seconds")}"' in html
    assert f'title="{when:%Y-%m-%d %H:%M:%S} UTC">2 hours ago<' in html


def test_values_are_escaped():
    evil = '"><script>alert(1)</script>'
    html = rendered(
        "{% badge 'bad' e %}{% state_badge e %}{% digest e %}{% quantity 1 e %}{% copy e %}{% icon 'good' e %}"
        "{% callout 'info' e %}{{ e }}{% endcallout %}{% page_header e subtitle=e %}{{ e }}{% endpage_header %}"
        "{% code_block 'x' %}{{ e }}{% endcode_block %}{% tile e e note=e %}{% tab e e %}{% log_tail e %}"
        "{% timeline_event e %}{{ e }}{% endtimeline_event %}{% confirm e e consequence=e %}"
        "{% matrix_cell 'stale' e e %}",
        e=evil,
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 18


def test_state_is_icon_and_word_and_tone():
    html = rendered("{% state_badge 'in_progress' %}{% state_badge 'red' 'Gate red' %}")
    assert 'class="badge badge-info"' in html
    assert html.count("<svg") == 2
    assert ">In progress<" in html.replace("</svg>", ">")
    assert "Gate red" in html


def test_missing_values_are_said():
    html = rendered(
        "{% ago n %} {% utc n %} {% digest n %} {% quantity n 'kWh' %} {{ n|percent }} {{ n|energy }}", n=None
    )
    assert html == "— — — — — —"


def test_sort_header_turns_round_and_forgets_the_page():
    request = RequestFactory().get("/", {"sort": "name", "page": "3", "q": "a&b"})
    html = rendered('{% sort_header "name" "Name" %}{% sort_header "size" "Size" %}', request=request)
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-name&amp;q=a%26b"' in html
    assert 'href="?sort=size&amp;q=a%26b"' in html


def test_pager_keeps_the_filter_and_says_the_range():
    request = RequestFactory().get("/", {"q": "x", "page": "2"})
    page = Paginator(list(range(120)), 50).page(2)
    html = rendered("{% pager page 'versions' %}{% csv_link %}", request=request, page=page)
    assert "51–100 of 120 versions" in html
    assert 'href="?q=x&amp;page=1"' in html
    assert 'href="?q=x&amp;page=3"' in html
    assert 'href="?q=x&amp;format=csv"' in html


def test_pager_does_not_invent_a_count():
    class Many(BoundedPaginator):
        count = 1001

    page = Many(list(range(1001)), 50).page(1)
    html = rendered("{% pager page 'rows' %}", request=RequestFactory().get("/"), page=page)
    assert "1–50 of more than 1,000 rows" in html


class Question(forms.Form):
    name = forms.CharField(help_text="As people know it.")
    note = forms.CharField(required=False)
    file = forms.FileField()
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def test_fields_tie_label_help_and_error_to_the_input():
    html = rendered("{% fields form %}", form=Question({"note": ""}))
    assert '<label for="id_name">Name</label>' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    described = re.search(r'<input[^>]*name="name"[^>]*>', html)[0]
    assert "id_name_helptext" in described
    assert 'aria-invalid="true"' in described
    assert '<span class="optional">(optional)</span>' in html
    assert "data-drop" in html
    assert "<legend>Kind" in html


def run(**values: object) -> SimpleNamespace:
    base = {"state": "running", "is_open": True, "progress": 0.4, "message": "Step 4", "started_at": NOW, "seconds": 9}
    rest = {"finished_at": None, "created_at": NOW, "attempts": 1, "max_attempts": 3, "error": "", "error_code": ""}
    return SimpleNamespace(**(base | rest | values))


def test_open_run_is_followed_and_a_finished_one_is_not():
    assert 'hx-get="/poll"' in rendered("{% run_progress run '/poll' %}", run=run())
    done = run(state="failed", is_open=False, finished_at=NOW, error="Out of <memory>", error_code="tuning.memory")
    html = rendered("{% run_progress run '/poll' %}", run=done)
    assert "hx-get" not in html
    assert "Out of &lt;memory&gt;" in html
    assert "tuning.memory" in html


def test_confirm_asks_for_the_reason_and_posts_the_token():
    html = rendered("{% confirm '/approve' 'Approve version 3' %}", csrf_token="TOKEN")
    assert '<textarea name="reason" rows="3" required>' in html
    assert 'value="TOKEN"' in html
    assert "Approve version 3</button>" in html


@pytest.mark.parametrize("name", ["400.html", "429.html", "500.html", "403_csrf.html"])
def test_failure_pages_need_nothing_from_the_request(name):
    html = Template((ROOT / "templates" / name).read_text()).render(Context({}))
    assert "data-refusal" in html
    assert 'lang="en"' in html


@pytest.mark.parametrize(
    ("name", "label"),
    [("energy_kwh", "Energy (kWh)"), ("data_sha256", "Data SHA-256"), ("learning_rate", "Learning rate")],
)
def test_names_of_settings_are_told_with_their_units(name: str, label: str) -> None:
    assert formatting.setting(name) == label

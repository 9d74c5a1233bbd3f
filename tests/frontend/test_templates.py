"""Every page renders with its promised view model, in both languages, fit for a strict security policy."""

import re

import pytest

from tests.frontend import samples
from tests.frontend.rendering import TEMPLATES, render

NAMES = sorted(samples.PAGES)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_page_renders_with_nothing_undefined(name: str, lang: str) -> None:
    template, model, further = samples.PAGES[name]

    html = render(template, model, lang, **further)

    assert html.strip()


def test_every_page_has_a_sample() -> None:
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    included = {
        "layout.html",
        "partials/mark.html",
        "partials/macros.html",
        "partials/preview.html",
        "partials/webhooks.html",
        "partials/proxies.html",
        "partials/device.html",
        "partials/inbox_tools.html",
        "partials/organisation_tabs.html",
        *(f"partials/{path.name}" for path in (TEMPLATES / "partials").glob("profile_*.html")),
        "partials/clearing.html",
        "partials/phrases.html",
        "partials/held.html",
        "partials/language_and_look.html",
        "partials/pane.html",
        "partials/difference.html",
        "partials/studio_propose.html",
        "partials/studio_reasons.html",
        "partials/studio_stories.html",
    }

    assert pages - included == {template for template, _, _ in samples.PAGES.values()}


def test_a_page_in_chinese_says_nothing_in_english() -> None:
    known = re.compile(
        r"gongban\S*|English|SHA-256|[A-Z]{2}-[\w-]+|PDF|JPG|MB|KB|JavaScript|FEEL|applicant\.name"
    )
    # Gaps of patterns and texts, and the names of streams.
    gaps = re.compile(r"\.xlsx|\{\w+(?::\d+)?\}|account:\w+|cashier@root")
    for name, (template, model, further) in samples.PAGES.items():
        html = render(template, model, **further)
        text = re.sub(r"<(script|pre|title)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
        # Names of files and of rules are the same in every language.
        text = re.sub(
            r"[\w/]*\w+\.(?:toml|bpmn|dmn|json|md|yaml|typ)\b|\b[a-z]+(?:_[a-z]+)+\b", "", text
        )
        text = re.sub(
            r"\b[0-9a-f…]{6,}\b|[0-9a-f]+…[0-9a-f]*|e-\w+|fu_zhuxi_lu|illness_aid|\w+\.(pdf|jpg)",
            "",
            gaps.sub("", known.sub("", text)),
        )
        assert not re.findall(r"[A-Za-z]{3,} [A-Za-z]{2,}|\b[A-Za-z]{4,}\b", text), name


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.name))
def test_no_inline_script_style_or_handler(path: object) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)  # type: ignore[attr-defined]

    assert not re.search(
        r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|hx-on|hx-vals\s*=\s*.js:|javascript:", text
    )
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert 'type="application/json"' in attributes or "src=" in attributes


def test_every_post_form_carries_the_csrf_token() -> None:
    for name, (template, model, further) in samples.PAGES.items():
        html = render(template, model, **further)
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", html, flags=re.S):
            assert 'name="csrf_token"' in form, f"{name}: {form[:120]}"


def test_data_of_people_cannot_become_markup() -> None:
    attack = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    model = {
        **samples.TASK_PAGE,
        "case": {**samples.CASE, "title": attack},
        "form": samples.island("apply", data={"job_title": attack}),
    }

    html = render("task.html", model)

    assert "<script>alert" not in html
    assert "<img src=x" not in html

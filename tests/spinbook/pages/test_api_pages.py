"""The pages on the library hold its public names, each with a line on the first page."""

import re
from pathlib import Path

import pytest

import spinlib
from spinbook.pages import api_pages

BOOK = Path(__file__).resolve().parents[3] / "book"
PAGES = sorted(BOOK.glob("api_*.md"))


def marked(path, kind):
    """The modules that a page asks for."""
    found = [match for match in api_pages.MARKER.finditer(path.read_text(encoding="utf-8")) if match[1] == kind]
    return [name.strip() for match in found for name in match[2].split(",")]


def test_every_module_of_the_library_is_on_one_page_and_in_the_list():
    on_pages = [name for page in PAGES for name in marked(page, "names")]
    assert len(on_pages) == len(set(on_pages))
    assert {f"spinlib.{name}" for name in spinlib.__all__ if name not in ("__version__", "sample")} <= set(on_pages)
    assert sorted(marked(BOOK / "api.md", "summaries")) == sorted(on_pages)


def test_every_page_is_linked_and_in_the_contents():
    listed = re.findall(r"\]\((api_\w+\.md)\)", (BOOK / "api.md").read_text(encoding="utf-8"))
    assert sorted(listed) == [page.name for page in PAGES]
    contents = (BOOK / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"file: (api_\w+)", contents) == [name.removesuffix(".md") for name in listed]


def test_a_page_shows_modules_constants_functions_and_classes():
    page = api_pages.fill_in("# Title\n\n<!-- names: spinlib.statistics, spinlib.timing -->\n", str)
    assert page.startswith("# Title\n\n## spinlib.statistics\n\n```{eval-rst}\n.. automodule:: spinlib.statistics\n")
    assert "``MIN_TIMES = 50``" in page
    assert ".. autofunction:: spinlib.statistics.jackknife\n" in page
    # The docstring of a named tuple says its fields.
    assert ".. autoclass:: spinlib.statistics.Estimate\n" in page
    assert "spinlib.statistics.Estimate\n   :members:" not in page
    assert ".. autoclass:: spinlib.lattice.Lattice\n   :members:" in api_pages.names("spinlib.lattice")
    assert "## spinlib.timing" in page
    assert ".. autofunction:: spinlib.timing.median_and_spread" in page


def test_modules_that_a_package_lists_are_sections_and_helpers_are_not_shown():
    found = {section.module: section for section in api_pages.sections("spinlib.exact")}
    assert next(iter(found)) == "spinlib.exact"
    assert {"energy", "critical_temperature"} <= set(found["spinlib.exact.onsager"].objects)
    assert "spinlib.exact.toeplitz" not in found
    assert "positive" not in found["spinlib.exact.onsager"].objects


def test_a_summary_is_a_link_and_the_first_sentence():
    page = api_pages.fill_in("<!-- summaries: spinlib.exact -->", str)
    assert (
        "- :py:obj:`magnetization <spinlib.exact.onsager.magnetization>` – Spontaneous magnetisation per site" in page
    )
    assert "<!--" not in page


def test_names_of_a_second_module_do_not_stand_below_those_of_the_first():
    page = api_pages.fill_in("<!-- summaries: spinlib.evaluation, spinlib.fidelity -->", str)
    own = page.index("- :py:obj:`report <spinlib.fidelity.report>`")
    assert page.rindex(":py:mod:", 0, own) == page.index(":py:mod:`spinlib.fidelity`")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One line.", "One line."),
        ("No field (L. Onsager, Phys. Rev. 65, 117). More.", "No field (L. Onsager, Phys. Rev. 65, 117)."),
        ("Two lines\nof text. More of it.", "Two lines of text."),
        ("No end", "No end."),
        ("A first paragraph (Yang, Phys. rev. 85).\n\nAnother.", "A first paragraph (Yang, Phys. rev. 85)."),
    ],
)
def test_first_sentences(text, sentence):
    def function():
        pass

    function.__doc__ = text
    assert api_pages.first_sentence(function) == sentence


def test_lines_without_a_mark_are_left_alone():
    assert api_pages.fill_in("a <!-- names: spinlib.exact --> b\n<!-- scorecard -->\n", str) == (
        "a <!-- names: spinlib.exact --> b\n<!-- scorecard -->\n"
    )

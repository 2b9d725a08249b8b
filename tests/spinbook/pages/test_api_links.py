"""Names of the library in running text are links where they are certain."""

import sys

import pytest

from spinbook.pages import api_links

KINDS = {
    "spinlib.exact.onsager": "module",
    "spinlib.exact.onsager.energy": "function",
    "spinlib.exact.potts.energy": "function",
    "spinlib.models.Ising": "class",
    "spinlib.models.Ising.random": "method",
    "spinlib.statistics.mean_and_error": "function",
}


def test_an_ending_that_is_of_one_name_only_leads_to_it():
    known = api_links.targets(KINDS)
    assert known["Ising"] == known["models.Ising"] == known["spinlib.models.Ising"] == "spinlib.models.Ising"
    assert known["Ising.random"] == "spinlib.models.Ising.random"
    assert known["onsager.energy"] == "spinlib.exact.onsager.energy"
    assert known["exact.onsager"] == "spinlib.exact.onsager"


@pytest.mark.parametrize("name", ["energy", "random", "onsager", "Potts"])
def test_what_is_of_several_or_a_mere_member_leads_nowhere(name):
    assert name not in api_links.targets(KINDS)


def test_a_name_that_is_imported_elsewhere_leads_to_its_definition():
    assert api_links.defined_as("spinlib.sample") == "spinlib.sampling.sample"
    for name in ("spinlib.nothing", "numpy.mean", "sample"):
        assert api_links.defined_as(name) == ""


def test_code_in_running_html_is_linked_and_no_other():
    uri = {"Ising": "api.html#Ising"}.get
    linked = '<a href="api.html#Ising"><code>Ising</code></a>'
    assert api_links.linked_html("<p><code>Ising</code> or <code>Potts</code></p>", uri) == (
        f"<p>{linked} or <code>Potts</code></p>"
    )
    for other in ("<a href='x'><code>Ising</code></a>", "<pre><code>Ising</code></pre>", "<code>a Ising</code>"):
        assert api_links.linked_html(other, uri) == other


def test_sphinx_links_names_in_text_and_in_docstrings(tmp_path):
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    (tmp_path / "fake_names.py").write_text(
        'def f():\n    """As `g`."""\n\ndef g():\n    """Other."""\n', encoding="utf-8"
    )
    (tmp_path / "index.rst").write_text(
        "``f`` in a title\n================\n\nSee ``fake_names.f``, ``g()`` and ``h``.\n\n"
        ".. raw:: html\n\n   <p><code>g</code></p>\n\n"
        ".. autofunction:: fake_names.f\n\n.. autofunction:: fake_names.g\n",
        encoding="utf-8",
    )
    sys.path.insert(0, str(tmp_path))
    try:
        options = {"extensions": ["sphinx.ext.autodoc", "spinbook.pages.sphinx_extension"], "nitpicky": True}
        folders = [str(tmp_path / name) for name in ("out", "trees")]
        with docutils_namespace():  # another test of this process may build pages too
            Sphinx(
                str(tmp_path), None, *folders, "html", status=None, confoverrides=options, warningiserror=True
            ).build()
    finally:
        sys.path.remove(str(tmp_path))
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.count('href="#fake_names.f"') == 2  # the text and the permanent link of the entry
    assert page.count('href="#fake_names.g"') == 4  # the text, its HTML, the docstring and the permanent link
    assert "<h1><code" in page

import sys
from types import SimpleNamespace

import pytest
import torch

from spinbook.pages import sphinx_extension


def processed(text):
    lines = text.split("\n")
    sphinx_extension.as_paragraphs(None, "function", "f", None, None, lines)
    return "\n".join(lines)


@pytest.mark.parametrize("text", ["|m| of x_ and *y", "a `b` c", "<s_i> [1]_", "`|m|`s"])
def test_markup_is_escaped(text):
    from docutils.core import publish_doctree

    shown = publish_doctree(processed(text), settings_overrides={"report_level": 5}).astext()
    assert shown == text.replace("`", "")


def test_torch_s_instructions_for_subclasses_are_not_shown():
    assert "subclasses" not in processed(torch.nn.Module.forward.__doc__)


def test_indented_paragraphs_are_kept_and_lists_are_lists():
    assert processed("x:\n    deep") == ".. code-block:: text\n\n   x:\n       deep\n"
    assert processed("- a_b\n  more\n- c") == "- a\\_b\n  more\n- c\n"


def test_what_python_writes_itself_is_dropped():
    assert processed("Alias for field number 0") == ""


NUMPYDOC = """Energy e_i per site.

Parameters
----------
T : float or array_like
    Temperature, as `one
    name` says.
*series : array_like, shape (n,)
    Measured |m|.

Raises
------
TypeError, ValueError
    Another T.

References
----------
L. Onsager, Phys. Rev. 65,
    117 (1944).
C. N. Yang, Phys. Rev. 85, 808 (1952).

Examples
--------
Of two:

>>> f([1, 2])
[1, 2]"""


def test_sections_keep_their_form_and_their_text_is_escaped():
    lines = processed(NUMPYDOC).splitlines()
    assert lines[:2] == ["Energy e\\_i per site.", ""]
    at = lines.index("Parameters")
    assert lines[at + 1] == "-" * len("Parameters")
    assert lines[at + 2 : at + 6] == [
        "T : float or array\\_like",
        "    Temperature, as \\ ``one name``\\  says.",
        "\\*series : array\\_like, shape (n,)",
        "    Measured \\|m\\|.",
    ]
    at = lines.index("References")
    # A list with two entries, none of which is numbered "L." or "C.".
    assert [line for line in lines[at:] if line.startswith("- ")] == [
        "- \\ L. Onsager, Phys. Rev. 65, 117 (1944).",
        "- \\ C. N. Yang, Phys. Rev. 85, 808 (1952).",
    ]
    assert lines[lines.index("Examples") + 2 :][:4] == ["Of two:", "", ">>> f([1, 2])", "[1, 2]"]


EXTENSIONS = ["sphinx.ext.autodoc", "spinbook.pages.sphinx_extension"]


def test_sphinx_shows_the_sections(tmp_path):
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    (tmp_path / "fake_module.py").write_text(
        f"def f(T, *series):\n    {NUMPYDOC!r}\nclass C:\n    @property\n    def p(self):\n        'What: it is.'\n",
        encoding="utf-8",
    )
    (tmp_path / "index.rst").write_text(
        "Title\n=====\n\n.. autofunction:: fake_module.f\n\n.. autoclass:: fake_module.C\n   :members:\n",
        encoding="utf-8",
    )
    sys.path.insert(0, str(tmp_path))
    try:
        with docutils_namespace():  # another test of this process may build pages too
            app = Sphinx(
                str(tmp_path),
                None,
                str(tmp_path / "out"),
                str(tmp_path / "trees"),
                "text",
                status=None,
                confoverrides={
                    "extensions": ["sphinx.ext.autodoc", "spinbook.pages.sphinx_extension"],
                    "nitpicky": True,
                },
                warningiserror=True,
            )
            app.build()
    finally:
        sys.path.remove(str(tmp_path))
    shown = " ".join((tmp_path / "out" / "index.txt").read_text(encoding="utf-8").split())
    for text in (
        "Parameters: * **T** (*float or array_like*) -- Temperature",
        "***series** (*array_like, shape (n,)*) -- Measured |m|.",
        "**TypeError**",
        "-- Another T.",
        "* L. Onsager, Phys. Rev. 65, 117 (1944).",
        ">>> f([1, 2]) [1, 2]",
        "What: it is.",
    ):
        assert text in shown


THEME = """<a/>
<link rel="preload" as="font" crossorigin href="x" />
<link rel="preload" as="script"/>
<button class="btn search-button-field search-button__button" title="Search" aria-label="Search" x><span>Search</span>
<button class="btn search-button" aria-label="Search"><i></i>
<a href="api.html">The library</a><details><summary><span class="toctree-toggle">
<details><summary aria-label="Toggle hidden content">Words</summary>
<button class="sidebar-toggle primary-toggle btn" title="Toggle primary sidebar">
<div role="list" class="citation-list"><div class="citation" id="id1" role="doc-biblioentry">
<input id="search-input" x> <input id="search-input" x>"""
MENDED = """<a/>
<link rel="preload" as="script"/>
<button class="btn search-button-field search-button__button" title="Search" x><span>Search</span>
<button class="btn search-button" aria-label="Search"><i></i>
<a href="api.html">The library</a><details><summary aria-label="Pages of The library"><span class="toctree-toggle">
<details><summary>Words</summary>
<button class="sidebar-toggle primary-toggle btn" title="Toggle primary sidebar" aria-label="Toggle primary sidebar">
<div class="citation-list"><div class="citation" id="id1">
<input id="search-input" x> <input id="search-input-of-this-page" x>"""


def test_the_theme_is_mended_where_it_needs_it_only(tmp_path):
    page = tmp_path / "a" / "index.html"
    page.parent.mkdir()
    page.write_text(THEME)
    sphinx_extension.mend_pages(SimpleNamespace(outdir=str(tmp_path)), None)
    assert page.read_text() == MENDED


MATHS = '<span class="math notranslate nohighlight">\\(J = 1\\)</span>'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"at ({MATHS}) and", f'at <span class="spinbook-whole">({MATHS})</span> and'),
        (f"with {MATHS}; then", f'with <span class="spinbook-whole">{MATHS};</span> then'),
        (f"a &quot;{MATHS}&quot; b", f'a <span class="spinbook-whole">&quot;{MATHS}&quot;</span> b'),
        (f'<span class="spinbook-whole">({MATHS}</span>)', f'<span class="spinbook-whole">({MATHS}</span>)'),
        (f"no {MATHS} here", f"no {MATHS} here"),
        (
            '<span class="pre">second_moment_correlation_length</span>',
            '<span class="pre">second_<wbr>moment_<wbr>correlation_<wbr>length</span>',
        ),
        ('<span class="pre">heat_capacity</span>', '<span class="pre">heat_capacity</span>'),
        (
            '<h2>spinlib.networks.evaluation_mode<a class="headerlink" href="#a_b">',
            '<h2>spinlib.<wbr>networks.<wbr>evaluation_<wbr>mode<a class="headerlink" href="#a_b">',
        ),
    ],
)
def test_lines_break_beside_formulas_and_inside_names_where_a_reader_expects_it(tmp_path, written, kept):
    page = tmp_path / "index.html"
    page.write_text(written)
    sphinx_extension.mend_pages(SimpleNamespace(outdir=str(tmp_path)), None)
    assert page.read_text() == kept

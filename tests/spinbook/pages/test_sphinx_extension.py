from types import SimpleNamespace

import pytest

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


def test_indented_paragraphs_are_kept_and_lists_are_lists():
    assert processed("x:\n    deep") == ".. code-block:: text\n\n   x:\n       deep\n"
    assert processed("- a_b\n  more\n- c") == "- a\\_b\n  more\n- c\n"


def test_what_python_writes_itself_is_dropped():
    assert processed("Alias for field number 0") == ""


def test_pages_lose_their_font_preloads_only(tmp_path):
    page = tmp_path / "a" / "index.html"
    page.parent.mkdir()
    page.write_text('<a/>\n<link rel="preload" as="font" crossorigin href="x" />\n<link rel="preload" as="script"/>')
    sphinx_extension.drop_font_preloads(SimpleNamespace(outdir=str(tmp_path)), None)
    assert page.read_text() == '<a/>\n<link rel="preload" as="script"/>'

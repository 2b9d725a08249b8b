import json

import pytest

from spinbook import layout, notebook


def test_the_same_chapter_gives_the_same_bytes(demo):
    text = notebook.notebook_text("demo/coin")
    assert text == notebook.notebook_text("book/chapters/demo/coin.py")
    content = json.loads(text)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(cell["outputs"] == [] for cell in content["cells"] if cell["cell_type"] == "code")
    assert [cell["metadata"].get("tags") for cell in content["cells"][:3]] == [None, ["colab"], ["parameters"]]


def test_papermill_sees_the_parameters(demo):
    import papermill

    notebook.write("demo/coin", demo / "coin.ipynb")
    assert set(papermill.inspect_notebook(demo / "coin.ipynb")) == {"scale", "device", "store"}


def test_a_chapter_that_does_not_take_the_parameters_is_refused(demo):
    path = demo / "book" / "chapters" / "demo" / "coin.py"
    path.write_text(path.read_text().replace("store = False", "stores = False"))
    with pytest.raises(ValueError, match="parameters cell of chapter demo/coin lacks store"):
        notebook.write("demo/coin", demo / "coin.ipynb")
    assert not (demo / "coin.ipynb").exists()


def test_the_colab_cell_does_nothing_elsewhere(demo):
    namespace = {}
    exec(notebook.COLAB_CELL.replace("{repository}", layout.repository()), namespace)
    assert "subprocess" not in namespace

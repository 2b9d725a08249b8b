"""Names and order of the items of papers."""

from pathlib import Path

import pytest

from spinbook.pages.items import item_name, items_in_order

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("item", "name", "short"),
    [
        ("dnn/text3", "Text 3", "Text 3"),
        ("dp/table1", "Table 1", "Table 1"),
        ("vae/fig2a", "Figure 2a", "Fig. 2a"),
        ("fid/figS1b", "Figure S1b", "Fig. S1b"),
    ],
)
def test_items_with_numbers_have_a_blank_that_does_not_break(item, name, short):
    for written in (item, item.partition("/")[2]):
        assert item_name(written) == name.replace(" ", "\N{NO-BREAK SPACE}")
        assert item_name(written, short=True) == short.replace(" ", "\N{NO-BREAK SPACE}")


def test_other_items_are_called_by_their_names():
    assert item_name("vit/other_models") == item_name("other_models", short=True) == "Other models"
    assert item_name("vae/texture2") == "Texture2"


def test_items_stand_in_the_order_of_the_figures():
    names = [item.split("/")[1] for item, _ in items_in_order("dp", ROOT)]
    assert names == [*(f"fig{n}" for n in range(1, 10)), "table1", "table2", "table3", "text1"]
    assert [item for item, _ in items_in_order("vae", ROOT)][-1] == "vae/likelihood"


def test_figures_of_a_supplement_stand_behind_those_of_the_paper():
    names = [item.split("/")[1] for item, _ in items_in_order("fid", ROOT)]
    figures = [name for name in names if name.startswith("fig")]
    assert names[: len(figures)] == figures
    supplement = [name for name in figures if name.startswith("figS")]
    assert figures[-len(supplement) :] == supplement == sorted(supplement)
    assert supplement[:2] == ["figS1", "figS1b"]

import copy

import pytest
import yaml

from spinbook.claims import claim
from spinbook.claims.verdict import Verdict

GOOD = {
    "records": {"coins": {"estimate": "1 s"}},
    "items": {
        "demo/fig1": {
            "what": "Means of coins",
            "chapter": "demo/coin",
            "claims": {
                "fig1/fair": {
                    "statement": "A fair coin has mean 1/2",
                    "relation": "equal",
                    "target": 0.5,
                    "tolerance": 0.01,
                    "paper_value": 0.5,
                    "source": "paper",
                    "place": "Fig. 1",
                    "record": "coins",
                }
            },
        }
    },
}


def changed(path, value):
    """GOOD with one entry replaced, or removed where the value is None."""
    content = copy.deepcopy(GOOD)
    entry = content
    for key in path[:-1]:
        entry = entry[key]
    if value is None:
        del entry[path[-1]]
    else:
        entry[path[-1]] = value
    return content


ITEM = ("items", "demo/fig1")
FAIR = (*ITEM, "claims", "fig1/fair")


def test_a_good_file():
    paper = claim.validate(GOOD, "demo", "demo.yml")
    fair = paper.claims["fig1/fair"]
    assert (fair.item, fair.chapter, fair.records) == ("demo/fig1", "demo/coin", ("coins",))
    assert fair.test == "= 0.5 within 0.01"
    assert claim.validate(changed((*FAIR, "record"), ["coins"]), "demo", "demo.yml").claims["fig1/fair"] == fair
    assert paper.chapters == ("demo/coin",)


def test_a_file_may_list_chapters_without_claims_and_then_have_no_items():
    both = claim.validate({**GOOD, "chapters": ["demo/speed", "demo/coin"]}, "demo", "demo.yml")
    assert both.chapters == ("demo/coin", "demo/speed")
    alone = claim.validate({"chapters": ["demo/speed"]}, "demo", "demo.yml")
    assert (alone.chapters, alone.claims, alone.items) == (("demo/speed",), {}, {})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((*FAIR, "relaton"), "equal", "unknown key relaton"),
        ((*FAIR, "statement"), None, "lacks statement"),
        ((*FAIR, "source"), None, "lacks source"),
        ((*FAIR, "source"), "Fig. 1", "unknown source 'Fig. 1': choose from paper, reading, ours"),
        ((*FAIR, "place"), None, "lacks place"),
        ((*FAIR, "target"), None, "lacks target"),
        ((*FAIR, "tolerance"), None, "lacks tolerance"),
        ((*FAIR, "relation"), "about", "unknown relation 'about': choose from equal"),
        ((*FAIR, "target"), "0.5", "target '0.5' must be a number"),
        ((*FAIR, "target"), True, "target True must be a number"),
        ((*FAIR, "tolerance"), -1, "tolerance -1"),
        ((*FAIR, "tolerance"), float("nan"), "tolerance nan"),
        ((*FAIR, "record"), "dice", "record 'dice' is not listed"),
        ((*FAIR, "relation"), "ordering", "two different labels"),
        ((*FAIR, "relation"), "chi_square", "unknown key target"),
        ((*ITEM, "what"), None, "lacks what"),
        ((*ITEM, "claims"), {}, "has no claims"),
        ((*ITEM, "claims"), {"fig2/fair": {}}, "must be named fig1/<claim>"),
        ((*ITEM, "colour"), "blue", "unknown key colour"),
        (("items", "other/fig1"), GOOD["items"]["demo/fig1"], "named demo/<item>"),
        (("records", "coins"), {"chapter": "demo/coin"}, "lacks estimate"),
        (("items",), None, "lacks items"),
        (("chapters",), ["other/speed"], "must be a list of names demo/<topic>"),
        (("chapters",), "demo/speed", "must be a list"),
        (ITEM, "text", "must be a mapping"),
    ],
)
def test_what_is_wrong_is_named(path, value, message):
    with pytest.raises(ValueError, match=f"demo.yml.*{message}"):
        claim.validate(changed(path, value), "demo", "demo.yml")


def test_relations_in_words():
    def test_of(**fields):
        base = {"statement": "s", "source": "paper", "place": "Fig. 1"}
        return claim.validate(changed(FAIR, base | fields), "demo", "demo.yml").claims["fig1/fair"].test

    assert test_of(relation="documentary") == "documentary"
    assert test_of(relation="chi_square", tolerance=0.001) == r"$\chi^2$, p > 0.001"
    assert test_of(relation="at_least", target=2, tolerance=0) == "≥ 2"
    assert test_of(relation="equal", target=2.269185, tolerance=0.001) == "= 2.269185 within 0.001"
    assert test_of(relation="ordering", target=["a", "b"], tolerance=0) == "a ≤ b"


def test_a_doubled_key_is_refused(demo):
    path = demo / "book" / "claims" / "demo.yml"
    path.write_text(yaml.safe_dump(GOOD).replace("target: 0.5", "target: 0.5\n        target: 0.6"))
    with pytest.raises(ValueError, match=r"'target'.* stands twice"):
        claim.load("demo")


def test_a_changed_file_is_read_again(demo):
    assert "fig1/order" in claim.load("demo")
    (demo / "book" / "claims" / "demo.yml").write_text(yaml.safe_dump(GOOD))
    assert list(claim.load("demo")) == ["fig1/fair"]


def test_an_unknown_paper_is_refused(demo):
    with pytest.raises(ValueError, match="paper 'other' has no claims"):
        claim.load("other")


def test_a_row_says_what_was_tested(demo):
    row = claim.row(claim.load("demo")["fig1/fair"], Verdict("holds", 0.5, 0.001), "paper")
    expected = {"item": "demo/fig1", "claim": "fig1/fair", "paper": "demo", "ours": 0.5, "ours_error": 0.001}
    assert {key: row[key] for key in expected} == expected
    assert (row["record"], row["scale"], row["chapter"]) == ("coins", "paper", "demo/coin")

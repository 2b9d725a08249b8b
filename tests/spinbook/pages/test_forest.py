import math

import pytest

from spinbook.pages import forest


def row(relation="equal", verdict="holds", ours=2.5, error=0.1, target=2.0, tolerance=1.0):
    return {
        "claim": "fig1/a", "relation": relation, "verdict": verdict, "ours": ours, "ours_error": error,
        "target": target, "tolerance": tolerance,
    }  # fmt: skip


def test_distances_are_in_units_of_the_tolerance():
    (point,) = forest.points([row(tolerance=0.25)])
    assert (point["distance"], point["error"]) == (2.0, 0.4)
    assert (point["lowest"], point["highest"]) == (-1.0, 1.0)


def test_without_a_tolerance_the_unit_is_two_standard_errors():
    (point,) = forest.points([row("at_least", tolerance=0)])
    assert point["distance"] == pytest.approx(2.5)
    assert point["error"] == 0.5
    assert (point["lowest"], point["highest"]) == (0.0, math.inf)


@pytest.mark.parametrize(("ours", "distance"), [(2.0, 0.0), (3.0, math.inf), (1.0, -math.inf)])
def test_an_exact_number_without_tolerance_is_at_its_target_or_infinitely_far(ours, distance):
    (point,) = forest.points([row(ours=ours, error=0.0, tolerance=0)])
    assert point["distance"] == distance


@pytest.mark.parametrize(
    ("relation", "ours", "error", "verdict"),
    [("equal", 2.7, 0.1, "holds"), ("equal", 3.4, 0.1, "fails"), ("at_most", 2.9, 0.2, "inconclusive"),
     ("at_most", -9.0, 0.2, "holds"), ("at_least", 0.5, 0.2, "fails"), ("at_least", 9.0, 0.2, "holds")],
)  # fmt: skip
def test_a_claim_holds_where_its_bar_lies_in_what_is_allowed(relation, ours, error, verdict):
    """The plot and `verdict.compare` agree, which is written without units."""
    from spinbook.claims.verdict import compare

    assert compare(relation, ours - 2.0, error, 1.0) == verdict
    (point,) = forest.points([row(relation, verdict, ours, error)])
    low, high = point["distance"] - 2 * point["error"], point["distance"] + 2 * point["error"]
    assert (point["lowest"] <= low and high <= point["highest"]) == (verdict == "holds")
    assert (high < point["lowest"] or low > point["highest"]) == (verdict == "fails")


@pytest.mark.parametrize(
    "without",
    [row("ordering", ours=[1.0, 2.0], error=None), row("chi_square", ours=0.4, error=None), row(error=None),
     row(error=math.nan), row(ours=None), row(verdict="not run"), row(verdict="drawn")],
)  # fmt: skip
def test_a_claim_without_a_number_or_a_valid_error_has_no_point(without):
    assert forest.points([without]) == []
    assert forest.figure("demo", [without], 1) == ""


def test_the_figure_names_what_does_not_hold_and_what_is_clipped():
    rows = [row(), row(verdict="fails", ours=40.0), row("equal", "fails", 3.0, 0.0, 2.0, 0)]
    markup = forest.figure("demo", rows, 3)
    assert "Figure 3." in markup
    assert "1 lie, error bars included, in what is allowed. The others: fig1/a fails, at 38 units" in markup
    assert "2 lie beyond 4 units" in markup
    assert "The 3 of 3 claims of demo" in markup
    assert 'download="forest_demo.csv"' in markup

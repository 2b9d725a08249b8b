"""The verdicts at and around their boundaries, as the design's contract states them."""

import math
from types import SimpleNamespace

import pytest

from spinbook.claims.claim import Claim
from spinbook.claims.verdict import judge


def claim(relation, target=None, tolerance=None, **fields):
    about = ("fig1/x", "demo/fig1", "demo/coin", "a statement", relation, "paper", "Fig. 1")
    return Claim(*about, target, tolerance, **fields)


# Errors are powers of two, so that the boundaries are met exactly.
@pytest.mark.parametrize(
    ("relation", "ours", "error", "verdict"),
    [
        # target 1, tolerance 0.5
        ("equal", 1.25, 0.125, "holds"),  # |d| + 2 sigma = tolerance
        ("equal", 1.25, 0.1251, "inconclusive"),
        ("equal", 0.75, 0.125, "holds"),
        ("equal", 1.75, 0.125, "inconclusive"),  # |d| - 2 sigma = tolerance
        ("equal", 1.7501, 0.125, "fails"),
        ("equal", 0.2499, 0.125, "fails"),
        ("at_least", 0.75, 0.125, "holds"),
        ("at_least", 0.7499, 0.125, "inconclusive"),
        ("at_least", 0.25, 0.125, "inconclusive"),
        ("at_least", 0.2499, 0.125, "fails"),
        ("at_least", 99.0, 0.125, "holds"),
        ("at_most", 1.25, 0.125, "holds"),
        ("at_most", 1.2501, 0.125, "inconclusive"),
        ("at_most", 1.75, 0.125, "inconclusive"),
        ("at_most", 1.7501, 0.125, "fails"),
        ("at_most", -99.0, 0.125, "holds"),
    ],
)
def test_boundaries(relation, ours, error, verdict):
    assert judge(claim(relation, 1.0, 0.5), ours, error).verdict == verdict


def test_an_exact_number_needs_no_error_bar():
    assert judge(claim("equal", 0, 0), 0, 0.0).verdict == "holds"
    assert judge(claim("equal", 0, 0), 1, 0.0).verdict == "fails"


@pytest.mark.parametrize(("ours", "error"), [(1.0, math.nan), (math.nan, 0.1), (1.0, math.inf)])
def test_without_a_valid_error_nothing_is_concluded(ours, error):
    judged = judge(claim("equal", 1.0, 0.5), ours, error, reason="never shown", would_decide="a longer run")
    assert judged.verdict == "inconclusive"
    assert "no valid error" in judged.note
    assert "would decide: a longer run" in judged.note


@pytest.mark.parametrize(
    ("relation", "ours", "error", "told"),
    [
        # The bound is 1.5, half an error away: two errors have to become a quarter.
        ("at_most", 1.4, 0.2, "about 16 times the data"),
        ("equal", 0.4, 0.1, "about 4 times the data"),
        ("at_least", 0.45, 0.03, "about 1.5 times the data"),
        ("at_most", 1.5, 0.2, "more than 1000 times the data"),
    ],
)
def test_an_inconclusive_claim_says_how_much_data_would_decide(relation, ours, error, told):
    judged = judge(claim(relation, 1.0, 0.5), ours, error, would_decide="more seeds")
    assert judged.verdict == "inconclusive"
    assert f"would decide: more seeds; {told}, if the value stays" in judged.note


def test_an_estimate_carries_error_and_reason():
    good = SimpleNamespace(value=1.0, error=0.01, reason="")
    short = SimpleNamespace(value=1.0, error=math.nan, reason="only 12 tau_int in a chain")
    assert judge(claim("equal", 1.0, 0.5), good).verdict == "holds"
    assert "only 12 tau_int" in judge(claim("equal", 1.0, 0.5), short).note
    with pytest.raises(ValueError, match="carries its error"):
        judge(claim("equal", 1.0, 0.5), good, 0.1)


def test_a_failing_claim_says_why_or_that_the_reason_is_sought():
    assert judge(claim("equal", 1.0, 0.1), 2.0, 0.0, reason="finite size").note == "finite size"
    assert "reason sought" in judge(claim("equal", 1.0, 0.1), 2.0, 0.0).note
    assert judge(claim("equal", 1.0, 0.1), 1.0, 0.0, reason="finite size").note == ""


def test_a_claim_whose_conditions_differ_is_not_contradicted():
    elsewhere = claim("at_least", 100, 0, conditions="one CPU, the paper a GPU")
    assert judge(elsewhere, 90.0, 1.0, reason="memory is slower").verdict == "differs"
    assert judge(elsewhere, 90.0, 1.0, reason="memory is slower").note == "one CPU, the paper a GPU; memory is slower"
    assert judge(elsewhere, 110.0, 1.0).verdict == "holds"
    assert judge(elsewhere, 100.0, 1.0).verdict == "inconclusive"


@pytest.mark.parametrize("relation", ["at_least", "at_most"])
def test_runs_that_all_tie_hold_with_a_bound(relation):
    judged = judge(claim(relation, 0, 0), 0.0, math.nan, ties=48)
    assert judged.verdict == "holds"
    # 0.9395^48 = 5 %.
    assert judged.note == "all 48 runs gave exactly the target: at 95 % confidence at most 6.1 % of such runs differ"
    assert judge(claim(relation, 0, 0), 0.0, math.nan, ties=15).verdict == "inconclusive"
    assert judge(claim(relation, 0, 0), 0.0, math.nan).verdict == "inconclusive"


@pytest.mark.parametrize(("relation", "ours"), [("equal", 0.0), ("at_least", 0.1)])
def test_ties_are_for_one_sided_claims_whose_runs_did_tie(relation, ours):
    with pytest.raises(ValueError, match="ties=48 is for at_least or at_most and a value that is the target"):
        judge(claim(relation, 0, 0), ours, math.nan, ties=48)


@pytest.mark.parametrize(
    ("b", "error", "verdict"),
    [(2.0, 0.1, "holds"), (1.0, 0.1, "inconclusive"), (0.5, 0.1, "fails"), (2.0, math.nan, "inconclusive")],
)
def test_ordering(b, error, verdict):
    judged = judge(claim("ordering", ["a", "b", "c"], 0), {"a": (1.0, 0.1), "b": (b, error), "c": (9.0, 0.1)})
    assert judged.verdict == verdict
    assert judged.ours == [1.0, b, 9.0]


def test_one_wrong_step_fails_an_ordering_whatever_the_others():
    undecided_then_wrong = {"a": (1.0, 0.1), "b": (1.0, 0.1), "c": (0.0, 0.1)}
    assert judge(claim("ordering", ["a", "b", "c"], 0), undecided_then_wrong).verdict == "fails"


# chi-square of two degrees of freedom has p = exp(-chi2 / 2).
@pytest.mark.parametrize(("p", "verdict"), [(0.00101, "holds"), (0.00099, "fails")])
def test_one_family_is_tested_at_its_level(p, verdict):
    judged = judge(claim("chi_square", None, 0.001), chi2=-2 * math.log(p), dof=2)
    assert judged.verdict == verdict
    assert judged.ours == pytest.approx(p)


@pytest.mark.parametrize(("p", "verdict"), [(0.00034, "holds"), (0.00033, "fails")])
def test_three_families_are_holm_corrected(p, verdict):
    chi2 = [-2 * math.log(x) for x in (0.5, p, 0.9)]
    assert judge(claim("chi_square", None, 0.001), chi2=chi2, dof=[2, 2, 2]).verdict == verdict


def test_a_probability_that_underflows_is_not_shown_as_zero():
    assert judge(claim("chi_square", None, 0.001), chi2=1e5, dof=3).shown.endswith("p < 1e-300")


def test_a_large_chi_square_has_three_digits():
    assert "= 7.86e+06 for 3 degrees" in judge(claim("chi_square", None, 0.001), chi2=7856531.7, dof=3).shown


def test_a_chi_square_with_an_invalid_point_is_inconclusive():
    assert judge(claim("chi_square", None, 0.001), chi2=math.nan, dof=3).verdict == "inconclusive"


def test_documentary_claims_are_drawn():
    assert judge(claim("documentary")).verdict == "drawn"
    assert judge(claim("documentary"), 13.57, 0.0).ours == 13.57


@pytest.mark.parametrize(
    ("relation", "arguments"),
    [
        ("equal", {}),
        ("equal", {"ours": 1.0}),
        ("equal", {"ours": [1.0, 2.0], "ours_error": 0.1}),
        ("equal", {"ours": 1.0, "ours_error": -0.1}),
        ("equal", {"chi2": 1.0, "dof": 1}),
        ("chi_square", {"ours": 1.0, "ours_error": 0.1}),
        ("chi_square", {"chi2": [1.0, 2.0], "dof": [1]}),
        ("chi_square", {"chi2": 1.0, "dof": 0}),
        ("chi_square", {"chi2": -1.0, "dof": 1}),
        ("ordering", {"ours": {"a": (1.0, 0.1)}}),
        ("ordering", {"ours": 1.0, "ours_error": 0.1}),
    ],
)
def test_arguments_that_do_not_fit_are_refused(relation, arguments):
    target = ["a", "b"] if relation == "ordering" else 1.0
    with pytest.raises(ValueError, match="claim fig1/x"):
        judge(claim(relation, target, 0.5), **arguments)

import numpy as np
import pytest

from spinbook.records import comparison, storage

RNG = np.random.default_rng(20)


def one(rule, values, error=None):
    data = {"x": np.asarray(values)} | ({} if error is None else {"x_error": np.asarray(error)})
    return comparison.quantities("r", data, {} if error is not None else {"x": rule})["x"]


def apart(rule, a, b, same_seed=False):
    return comparison.deviations(one(rule, a), one(rule, b), same_seed=same_seed)


@pytest.mark.parametrize("rule", ["seed", "errors", ("seeds", "1"), ("counts", 1), ["seeds", 1], 0, 1.0, True, None])
def test_a_rule_that_is_none_is_refused(rule):
    with pytest.raises(ValueError, match=r"record 'r': compare.*allowed are seeds, trainings, counts, pictures, exact"):
        comparison.check("r", {"x": rule})


def test_several_names_may_share_an_entry():
    assert comparison.check("r", {("a", "b.*"): ("seeds", -1), "c": 0.1}) == {
        "a": ["seeds", -1],
        "b.*": ["seeds", -1],
        "c": 0.1,
    }
    with pytest.raises(ValueError, match="record 'r': a stands twice in compare"):
        comparison.check("r", {("a", "b"): "exact", "a": "kept"})


def test_every_number_has_one_rule():
    data = {"m": 1.0, "m_error": 0.1, "a.weight.0": 1.0, "a.weight.1": 2.0, "n": 3}
    found = comparison.rules("r", data, {"n": "exact", "*.weight.*": "kept"}, fresh=True)
    assert found == {"m": "errors", "n": "exact", "a.weight.0": "kept", "a.weight.1": "kept"}
    assert comparison.rules("r", data, {"a.weight.0": "exact", "*.weight.*": "kept", "n": 0.1})["a.weight.0"] == "exact"
    assert set(comparison.quantities("r", data, {"n": "exact", "*.weight.*": "kept"})) == {"m", "n"}


def test_an_error_that_is_not_that_of_a_repetition_may_be_set_aside_by_name_only():
    data = {"m": 1.0, "m_error": 0.1, "n": 1.0, "n_error": 0.1}
    assert comparison.rules("r", data, {"m": 0.5}, fresh=True) == {"m": 0.5, "n": "errors"}
    assert comparison.quantities("r", data, {"m": 0.5})["m"].error is None
    with pytest.raises(ValueError, match=r"compare has \*, which fits no number"):
        comparison.rules("r", data, {"*": 0.5}, fresh=True)


@pytest.mark.parametrize(
    ("compare", "message"),
    [
        ({"n": "exact"}, "'a.weight' has neither an error beside it nor an entry in compare"),
        ({"n": "exact", "a.*": "kept", "*.weight": "kept"}, "'a.weight' is matched by a.* and .*.weight in compare"),
        ({"n": "exact", "*.weight": "kept", "losses": "kept"}, "compare has losses, which fits no number"),
        ({"*": "kept"}, "compares nothing"),
    ],
)
def test_what_is_forgotten_doubled_idle_or_empty_is_refused(compare, message):
    with pytest.raises(ValueError, match=f"record 'r'.*{message}"):
        comparison.rules("r", {"a.weight": 1.0, "n": 3}, compare, fresh=True)


def test_a_stored_record_may_be_older_than_a_name_that_is_only_kept():
    assert comparison.rules("r", {"n": 3}, {"n": "exact", "losses": "kept"}) == {"n": "exact"}


@pytest.mark.parametrize(
    ("rule", "values", "message"),
    [
        ("seeds", [1.0, 2.0], "2 repetitions say nothing of their spread"),
        (("seeds", 1), [1.0, 2.0, 3.0], "tuple index out of range"),
        ("counts", [1.5], "counts are whole numbers"),
        ("pictures", np.zeros((6, 6), int), "multiples of 4"),
    ],
)
def test_a_rule_that_does_not_fit_the_values_is_refused(rule, values, message):
    with pytest.raises(ValueError, match=f"'x' cannot be compared as .*{message}"):
        one(rule, values)


def test_repetitions_are_compared_along_their_axis():
    values = RNG.normal(size=(2, 5, 3))
    found = one(("seeds", 1), values)
    np.testing.assert_allclose(found.value, values.mean(1))
    np.testing.assert_allclose(found.error, values.std(1, ddof=1) / 5**0.5)
    assert found.n == 5


@pytest.mark.parametrize("n", [3, 4, 16])
def test_means_of_few_repetitions_deviate_as_a_normal_variable_does(n):
    """Welch's t makes the share within two errors 95.4 % or a little more, which without it is 78 % for n = 3."""
    a, b = RNG.normal(10.0, 1.0, (2, n, 20_000))
    found = apart(("seeds", 0), a, b)
    share = np.mean(found <= 2)
    assert 0.950 < share < 0.985
    assert share > np.mean(apart(("seeds", 0), a, b, same_seed=True) <= 2)


def test_repetitions_that_all_agree_differ_by_arithmetic_only():
    assert apart("seeds", [60.0] * 3, [60.001] * 3, same_seed=True) < 0.1
    assert apart("seeds", [60.0] * 3, [61.0] * 3, same_seed=True) > 10
    assert apart("seeds", [0, 0, 0], [0, 1, 0], same_seed=True) < 1
    assert apart("seeds", [0, 0, 0], [3, 3, 3], same_seed=True) > 6


def test_counts_have_the_deviations_of_poisson_numbers():
    a, b = RNG.poisson(40.0, (2, 20_000))
    found = apart("counts", a, b)
    assert abs(np.mean(found <= 2) - 0.9545) < 0.006
    assert apart("counts", [0], [9])[0] > 2


def test_pictures_of_one_law_agree_and_of_another_do_not():
    ordered, mixed, other = (np.where(RNG.random((200, 32, 32)) < p, 1, -1) for p in (0.9, 0.5, 0.5))
    assert np.mean(apart("pictures", mixed, other) <= 2) > 0.92
    assert np.all(apart("pictures", ordered, mixed) > 4)
    np.testing.assert_allclose(one("pictures", ordered).value.mean(), 0.9**2 + 0.1**2, atol=0.005)


def test_without_an_error_numbers_are_equal_or_within_what_is_allowed():
    np.testing.assert_array_equal(apart("exact", [1.0, 2.0], [1.0 + 1e-10, 2.001]), [0, np.inf])
    np.testing.assert_array_equal(apart("exact", ["a", "b"], ["a", "c"]), [0, np.inf])
    np.testing.assert_array_equal(apart(0.1, [1.0, -2.0, 0.0], [1.09, -2.3, 0.0]), [0, np.inf, 0])
    rates = [1.0, 10.0, 100.0]
    assert apart("magnitude", rates, [5.0, 90.0, 300.0]) == 0
    assert apart("magnitude", rates, [0.005, 0.09, 0.3]) == np.inf


def test_what_is_not_known_is_not_compared():
    np.testing.assert_array_equal(apart(0.1, [np.nan, 1.0], [2.0, 1.0]), [np.nan, 0])
    found = comparison.deviations(one("", [1.0, 1.0], [np.nan, 0.1]), one("", [9.0, 1.1], [0.1, 0.0]), same_seed=False)
    np.testing.assert_allclose(found, [np.nan, 1.0])


def test_what_is_compared_survives_the_json():
    data = {"m": [0.5, np.nan], "m_error": [0.1, np.nan], "name": np.array(["a"]), "s": np.eye(3), "r": 3.0}
    found = comparison.quantities("r", data, {"name": "exact", "s": ("seeds", 0), "r": "magnitude"})
    back = comparison.from_json(storage.plain(comparison.to_json(found)))
    assert set(back) == set(found)
    for name in found:
        np.testing.assert_array_equal(back[name].value, found[name].value)
        assert (back[name].error is None) == (found[name].error is None)
        assert back[name].n == found[name].n

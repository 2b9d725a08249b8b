import numpy as np

from experiments.dp.annealing import instances
from experiments.dp.target_patterns import disc, patterns


def test_patterns_are_of_plus_and_minus_one():
    for size in (16, 32):
        found = patterns(size)
        assert {name: pattern.shape for name, pattern in found.items()} == dict.fromkeys(found, (size, size))
        assert all(set(np.unique(pattern)) == {-1, 1} for pattern in found.values())
        assert found["checkerboard"].sum() == 0
    round_one = disc(32)
    np.testing.assert_array_equal(round_one, round_one[::-1].T)
    assert abs((round_one == 1).sum() - np.pi * (0.3 * 32) ** 2) < 20


def test_instances_are_ferromagnets_or_glasses_and_the_same_for_every_method():
    settings = {"instances": 3}
    ferromagnet, spins = instances("ferromagnet", 8, settings, 5)
    assert (ferromagnet == 1).all()
    assert spins.shape == (3, 1, 8, 8)
    glass, _ = instances("glass", 8, settings, 5)
    assert set(glass.unique().tolist()) == {-1.0, 1.0}
    assert abs(glass.mean()) < 0.3
    again, same = instances("glass", 8, settings, 5)
    assert (again == glass).all()
    assert (same.abs() == 1).all()

import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots import four_quantities


def test_points_are_means_over_repetitions_and_bars_their_spread():
    T, names = np.array([1.0, 2.0, 3.0]), list(four_quantities.LABELS)
    rng = np.random.default_rng(1)
    series = {"ours": {name: 1.0 + rng.random((3, 5)) for name in names}}
    references = {name: (T, np.array([1.0, 2.0, 4.0]), "exact") for name in names}
    figure, columns = four_quantities.panels(T, series, references, shaded=(1.6, 3.4))
    assert [axis.get_ylabel() for axis in figure.axes] == list(four_quantities.LABELS.values())
    for name in names:
        np.testing.assert_allclose(columns[f"{name}, ours"], series["ours"][name].mean(axis=1))
        np.testing.assert_allclose(columns[f"{name}, ours, spread"], series["ours"][name].std(axis=1, ddof=1))
        np.testing.assert_allclose(columns[f"{name}, exact"], [1.0, 2.0, 4.0])
    plt.close(figure)


def test_the_legend_stands_below_the_panels_and_names_each_black_line_once():
    T = np.array([1.0, 2.0, 3.0])
    series = {"ours": {name: np.ones((3, 2)) for name in four_quantities.LABELS}}
    told = dict(zip(four_quantities.LABELS, ("exact", "sampled", "exact", "sampled"), strict=True))
    figure, _ = four_quantities.panels(T, series, {name: (T, T, told[name]) for name in told})
    assert [axis.get_legend() for axis in figure.axes] == [None] * 4
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["exact, or sampled", "ours"]
    plt.close(figure)

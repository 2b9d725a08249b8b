"""The look of figures: series differ in hue for everybody, in marker, and from the ground."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba

from spinbook.plots import dark, style

# Machado, Oliveira and Fernandes, IEEE Trans. Vis. Comput. Graph. 15, 1291 (2009): deuteranopia in linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
# sRGB to CIE XYZ under D65 (IEC 61966-2-1), and its white.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ.sum(axis=1)


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of a colour in linear RGB."""
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def as_a_deuteranope_sees(color):
    return lab(DEUTERANOPIA @ linear(color))


def closest(colors, seen):
    """The smallest distance of two colours; 2.3 is just noticeable."""
    return min(np.linalg.norm(seen(a) - seen(b)) for a, b in itertools.combinations(colors, 2))


def test_the_simulation_confuses_red_and_green_only():
    assert (
        closest(["#d62728", "#6f7d20"], as_a_deuteranope_sees)
        < 20
        < closest(["#d62728", "#6f7d20"], lambda c: lab(linear(c)))
    )
    assert closest(["blue", "yellow"], as_a_deuteranope_sees) > 100


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_series_are_told_apart_in_deuteranopia(ground):
    colors = [*style.COLORS.values(), "black"]
    if ground == "dark":
        colors = [dark.on_dark(to_rgba(color))[:3] for color in colors]
    assert closest(colors, as_a_deuteranope_sees) > 15


def test_every_colour_has_a_marker_of_its_own():
    assert list(style.MARKERS) == list(style.COLORS)
    assert len(set(style.MARKERS.values())) == len(style.COLORS)


def test_luminance_and_contrast_are_those_of_wcag():
    assert style.contrast("black", "white") == pytest.approx(21)
    assert style.contrast("#767676", "white") == pytest.approx(4.54, abs=0.01)
    assert style.luminance("white") == pytest.approx(1)


def test_the_sheet_is_applied_and_its_cycle_is_the_palette():
    with matplotlib.rc_context():
        style.use()
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        assert [f"#{color.lstrip('#')}" for color in cycle] == list(style.COLORS.values())
        assert not plt.rcParams["axes.spines.top"]


def test_exact_is_black_and_no_data_colour_is():
    assert style.EXACT["color"] == "black"
    assert "black" not in style.COLORS


def test_spins_differ_in_brightness():
    dark, light = sorted(map(style.luminance, style.SPINS))
    assert (light + 0.05) / (dark + 0.05) > 7

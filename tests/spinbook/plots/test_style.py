import matplotlib
import matplotlib.pyplot as plt

from spinbook.plots import style


def luminance(color):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(color)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


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
    dark, light = sorted(map(luminance, style.SPINS))
    assert (light + 0.05) / (dark + 0.05) > 7

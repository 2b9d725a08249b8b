"""A figure as pictures: readable legends, panels for a phone, a narrow picture where there is one panel."""

import io

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.legend import Legend
from PIL import Image

from spinbook.pages import picture
from spinbook.plots import dark, style


@pytest.fixture(autouse=True)
def _the_book_s_style():
    with matplotlib.rc_context():
        style.use()
        yield
    plt.close("all")


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def drawn(*shape, size=(9, 3), **options):
    """The picture of a figure with a line in each panel."""
    figure, axes = plt.subplots(*shape, figsize=size, **options)
    for panel in np.ravel(axes):
        panel.plot([1, 2], [0, 1], label="line")
        panel.set(xlabel="x", ylabel="y")
        panel.legend(fontsize=6)
    return picture.picture(figure)


def test_both_pictures_are_palettes_of_one_size_on_white_and_on_dark():
    found = drawn()
    for png, ground in ((found.light, (255, 255, 255)), (found.dark, (18, 18, 18))):
        assert Image.open(io.BytesIO(png)).mode == "P"
        assert opened(png).size == (9 * picture.RESOLUTION, 3 * picture.RESOLUTION)
        assert opened(png).getpixel((2, 2)) == pytest.approx(ground, abs=3)
    assert found.width == 900


def test_the_same_figure_gives_the_same_bytes():
    assert drawn() == drawn()


def test_a_width_that_is_no_whole_number_of_pixels_does_not_shear_the_picture():
    figure = plt.figure(figsize=(3.3 * 3, 2))  # 9.899999999999999 inches
    figure.add_artist(plt.Line2D((0.5, 0.5), (0, 1), color="black"))
    dark_pixels = np.argwhere(np.asarray(opened(picture.png(figure)).convert("L")) < 128)
    plt.close(figure)
    assert len(dark_pixels) >= 2 * picture.RESOLUTION
    assert np.ptp(dark_pixels[:, 1]) <= 4


def test_legends_have_eight_points_where_a_page_shows_them():
    for width in (4.0, 7.0, 9.0, 10.0):
        figure, axes = plt.subplots(figsize=(width, 3))
        axes.plot([1, 2], label="line")
        legend = axes.legend(fontsize=5, title="lines")
        picture.enlarge_legends(figure)
        shown = min(1, picture.TEXT_WIDTH / (100 * width)) * 100 / 72  # CSS pixels of a point
        for text in (*legend.get_texts(), legend.get_title()):
            assert text.get_fontsize() * shown * 72 / 96 >= 8 - 1e-9


def test_legends_are_found_wherever_they_stand():
    figure = plt.figure(figsize=(9, 3))
    left, right = figure.subfigures(1, 2)
    axes = left.subplots()
    inset = axes.inset_axes((0.6, 0.6, 0.3, 0.3))
    (line,) = axes.plot([1, 2], label="line")
    first = axes.legend(handles=[line])
    axes.add_artist(first)
    every = {first, axes.legend(handles=[line]), inset.legend(handles=[line]), right.legend(handles=[line])}
    every.add(figure.legend(handles=[line]))
    assert set(picture.legends(figure)) == set(figure.findobj(Legend)) == every


def test_a_draft_is_laid_out_as_the_picture_is():
    figure, axes = plt.subplots(figsize=(5, 3))
    axes.set_ylabel("a label\nof two lines", size=20)
    draft = picture.picture(figure, draft=True)
    figure, axes = plt.subplots(figsize=(5, 3))
    axes.set_ylabel("a label\nof two lines", size=20)
    assert draft.light == picture.png(figure, picture.DISPLAYED, draft=True)


def test_two_panels_stand_one_below_another_on_a_phone():
    first, second = drawn(1, 2).parts
    assert first.left == 0
    assert second.left == pytest.approx(first.left + first.width, abs=0.03)
    assert first.width == pytest.approx(0.5, abs=0.05)
    assert drawn(1, 2).narrow is None


def test_what_is_narrow_enough_is_shown_whole():
    found = drawn(1, 2, size=(4.5, 2))
    assert (found.parts, found.narrow) == ([], None)


def test_narrow_panels_share_a_row():
    assert len(drawn(1, 4, size=(9, 2)).parts) == 2


def test_a_panel_keeps_its_colour_bar_and_a_title_is_a_part_of_its_own():
    figure, axes = plt.subplots(1, 2, figsize=(9, 4))
    for panel in axes:
        figure.colorbar(panel.imshow(np.eye(3)), ax=panel)
    figure.suptitle("Title")
    title, left, right = picture.picture(figure).parts
    assert title.top + title.height < left.top + 0.1
    assert left.left + left.width <= right.left + 0.03
    assert left.left + left.width > 0.45


def test_panels_that_lean_on_the_labels_of_others_stay_together():
    left, _ = drawn(2, 2, size=(9, 6), sharex=True).parts
    assert left.height > 0.9


def test_columns_of_a_wide_legend_are_parts_of_their_own():
    figure, axes = plt.subplots(1, 2, figsize=(9, 4))
    for k in range(6):
        axes[0].errorbar([0, 1], [0, 1], [0.1, 0.1], label=f"the name of sampler {k}")
    figure.legend(loc="outside lower center", ncols=3)
    _, _, *columns = picture.picture(figure).parts
    assert len(columns) == 2
    assert all(part.height < 0.2 for part in columns)
    assert all(part.width * 9 <= picture.STACKED_WIDTH + 2 * picture.MARGIN for part in columns)


def test_panels_of_a_row_get_labels_of_their_own():
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True)
    axes[0].set_ylabel("energy")
    assert len(picture.picture(figure).parts) == 2
    assert axes[1].get_ylabel() == "energy"
    assert axes[1].yaxis.get_tick_params()["labelleft"]


def test_a_single_wide_panel_has_a_narrow_picture_with_the_same_text():
    found = drawn(size=(7, 3))
    assert found.parts == []
    assert [opened(png).size for png in found.narrow] == [
        (round(picture.RESOLUTION * picture.NARROW), 3 * picture.RESOLUTION)
    ] * 2
    assert opened(found.light).size == (7 * picture.RESOLUTION, 3 * picture.RESOLUTION)


def test_what_does_not_fit_a_phone_is_shown_whole():
    figure, axes = plt.subplots(figsize=(7, 3))
    for _ in range(3):
        axes.plot([1, 2], label="a line with quite a long name")
    axes.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    assert picture.picture(figure).narrow is None


def test_a_snapshot_has_no_narrow_picture():
    figure, axes = plt.subplots(figsize=(7, 3))
    axes.imshow(np.eye(3))
    assert picture.picture(figure).narrow is None


def test_a_long_label_has_two_lines_on_a_phone():
    figure, axes = plt.subplots(figsize=(7, 3))
    axes.plot([1, 2])
    axes.set(
        xlabel="annealing - differentiable Monte Carlo at the end [J per spin]",
        yticks=[1],
        yticklabels=["with a long name"],
    )
    assert picture.picture(figure).narrow is not None
    assert "\n" not in axes.get_xlabel()


def test_a_label_breaks_outside_of_formulas():
    assert picture.in_two_lines("temperature T") == "temperature T"
    assert picture.in_two_lines("a" * 60) == "a" * 60
    assert picture.in_two_lines("one half of a label, and the other half of a label") == (
        "one half of a label, and\nthe other half of a label"
    )
    assert picture.in_two_lines("energy less reference $ a + b + c + d + e + f + g $") == (
        "energy less reference\n$ a + b + c + d + e + f + g $"
    )


def test_a_title_wider_than_a_phone_is_shown_once():
    figure, _ = plt.subplots(1, 2, figsize=(9, 4))
    figure.suptitle("A title that is wider than what a phone shows of the figure, at the size of its letters")
    assert len(picture.picture(figure).parts) == 3


def test_parts_hold_the_labels_of_their_panels():
    """Text is wider where letters are hinted for fewer pixels per inch, so parts are measured in the picture's."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    axes[0].set_yticks([0, 1], ["magnetization distribution, undecided", "b"], fontsize=7.5)
    found = picture.picture(figure)
    with Image.open(io.BytesIO(found.light)) as image:
        dark_columns = np.flatnonzero((np.asarray(image.convert("L")) < 128).any(axis=0))
    left = found.parts[0].left * 9 * picture.RESOLUTION
    assert left <= dark_columns[0]


def test_ticks_that_a_narrow_axis_leaves_out_have_the_ink_of_a_dark_page():
    figure, axes = plt.subplots(figsize=(7.5, 4))
    axes.plot([1e-3, 1e3], [0, 1])
    axes.set(
        xscale="log", xlim=(1e-3, 2e3), yticks=[0, 1], yticklabels=["a long name of what was measured, and where"] * 2
    )
    picture.picture(figure)
    inks = [text.get_color() for text in axes.get_xticklabels() if text.get_text()]
    assert len(inks) > 4
    assert all(style.contrast(ink, dark.GROUND) >= dark.TEXT_CONTRAST for ink in inks)

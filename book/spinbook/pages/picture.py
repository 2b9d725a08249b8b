"""A matplotlib figure as pictures for light and dark pages, and the parts that a phone shows one below another."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

# Pixels per inch of the picture, and of its display.
RESOLUTION = 160
DISPLAYED = 100
# Where a page is 1280 pixels wide, with both sidebars, its text is this wide: wider pictures are scaled down.
TEXT_WIDTH = 720
# The smallest legend, in points on that page; a point of CSS is 96 / 72 pixels.
LEGEND = 8.0
# On a phone panels stand beside each other up to this width in inches; its text is 360 pixels wide.
STACKED_WIDTH = 4.7
PHONE_WIDTH = 360
# The width in inches of a single panel there.
NARROW = 4.4
MARGIN = 0.05
# Letters of a label that fit below a narrow panel.
LONGEST = 40


class Part(NamedTuple):
    """A rectangle of a picture in fractions of it, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


class Picture(NamedTuple):
    """PNG files for a light and a dark ground, the displayed width in pixels, and what a phone shows instead.

    A draft has the light one alone, and an empty dark one. A phone shows the parts, from top to bottom; or, where there
    is one panel, a light and a dark picture with a narrow panel; or neither, where the picture can be read on a phone
    as it is.
    """

    light: bytes
    dark: bytes
    width: int
    parts: list[Part]
    narrow: tuple[bytes, bytes] | None


def picture(figure: Any, resolution: int = RESOLUTION, *, draft: bool = False) -> Picture:
    """Draw a figure for light and dark pages and close it; legends, ticks and colours of text become readable first.

    draft: for light pages alone, in one width, and no finer than it is displayed, which takes an eighth of the time.
    """
    import matplotlib.pyplot as plt

    from ..plots import dark

    width = round(figure.get_figwidth() * DISPLAYED)
    label_shared_axes(figure)
    if draft:
        enlarge_legends(figure)
        _lay_out(figure, DISPLAYED)
        light = png(figure, DISPLAYED, draft=True)
        plt.close(figure)
        return Picture(light, b"", width, [], None)
    figure.draw_without_rendering()
    has_pictures = any(axes.images for axes in figure.axes)
    narrows = figure.get_figwidth() > STACKED_WIDTH and not has_pictures and not parts(figure)
    enlarge_legends(figure, at_least=smallest_legend(NARROW, PHONE_WIDTH) if narrows else 0.0)
    for text in figure.findobj(_is_text):
        dark.recoloured(text, dark.readable_on_white)
    light = png(figure, resolution)
    with _laid_out(figure), _at_resolution(figure, resolution):  # where text is as wide as in the picture
        figure.draw_without_rendering()
        found = parts(figure)
    narrow_light = narrow(figure) if narrows else b""
    if narrows:
        figure.draw_without_rendering()  # a narrow axis has fewer ticks: those of the whole width need their colour too
    dark.recolour(figure)
    on_phone = (narrow_light, narrow(figure)) if narrow_light else None
    with contextlib.nullcontext() if narrows else _laid_out(figure):
        on_dark = png(figure, resolution)
    plt.close(figure)
    return Picture(light, on_dark, width, found, on_phone)


def _lay_out(figure: Any, resolution: int) -> None:
    """Place the panels once and for all. Otherwise matplotlib goes through a whole drawing before it draws."""
    if figure.axes and (engine := figure.get_layout_engine()):
        with _at_resolution(figure, resolution):
            engine.execute(figure)
        figure.set_layout_engine("none")


@contextlib.contextmanager
def _laid_out(figure: Any) -> Iterator[None]:
    """Panels stay where they are: to place them takes longer than to draw them."""
    engine = figure.get_layout_engine()
    figure.set_layout_engine("none")
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


@contextlib.contextmanager
def _at_resolution(figure: Any, resolution: int) -> Iterator[None]:
    """As many pixels per inch as the picture has: fonts are hinted, so widths of text do not scale."""
    own = figure.dpi
    figure.set_dpi(resolution)
    try:
        yield
    finally:
        figure.set_dpi(own)


def narrow(figure: Any) -> bytes:
    """The picture with its panel as wide as a phone and text of the same size, empty where that does not fit.

    A long label of the x-axis has two lines there. The figure keeps its own width and labels.
    """
    width, labels = figure.get_figwidth(), [(axes, axes.get_xlabel()) for axes in figure.axes]
    figure.set_figwidth(NARROW)
    for axes, label in labels:
        axes.set_xlabel(in_two_lines(label))
    try:
        with warnings.catch_warnings():
            # What matplotlib says where a legend leaves no room for the axes.
            warnings.filterwarnings("error", "constrained_layout not applied", UserWarning)
            packed = png(figure)
        needed = figure.get_tightbbox(figure.canvas.get_renderer())  # in inches
    except UserWarning:
        return b""
    finally:
        figure.set_figwidth(width)
        for axes, label in labels:
            axes.set_xlabel(label)
    return packed if needed.x0 > -MARGIN and needed.x1 < NARROW + MARGIN else b""


def in_two_lines(label: str) -> str:
    """A long label, broken at the space outside of formulas that is nearest to its middle."""
    if len(label) <= LONGEST or "\n" in label:
        return label
    places = [k for k, letter in enumerate(label) if letter == " " and label[:k].count("$") % 2 == 0]
    if not places:
        return label
    at = min(places, key=lambda k: abs(k - len(label) / 2))
    return f"{label[:at]}\n{label[at + 1 :]}"


def label_shared_axes(figure: Any) -> None:
    """Panels in a row that share their y-axis each get its labels, because a phone shows them apart."""
    for axes in figure.axes:
        if axes.yaxis.get_tick_params()["labelleft"]:
            continue
        shared = [other for other in axes.get_shared_y_axes().get_siblings(axes) if other is not axes]
        row = [other for other in shared if _overlap(other.get_position().intervaly, axes.get_position().intervaly)]
        if row:
            axes.tick_params(labelleft=True)
            axes.set_ylabel(axes.get_ylabel() or row[0].get_ylabel())


def _is_text(artist: Any) -> bool:
    from matplotlib.text import Text

    return isinstance(artist, Text)


def png(figure: Any, resolution: int = RESOLUTION, *, draft: bool = False) -> bytes:
    """The picture with a palette, without date or version inside: few colours do for lines and their edges.

    draft: with all of its colours, which is larger and takes a fifth of the time.
    """
    from PIL import Image

    colors = 256 if any(axes.images for axes in figure.axes) else 64

    pixels, packed = io.BytesIO(), io.BytesIO()
    # Uncompressed, but with its size: how inches become whole pixels is matplotlib's affair.
    how = {"compress_level": 0}
    figure.savefig(pixels, format="png", dpi=resolution, facecolor=figure.get_facecolor(), pil_kwargs=how)
    image = Image.open(pixels).convert("RGB")
    if draft:
        image.save(packed, format="png", compress_level=1)
        return packed.getvalue()
    image.quantize(colors, dither=Image.Dither.NONE).save(packed, format="png", optimize=True)
    return packed.getvalue()


def smallest_legend(width: float, available: float = TEXT_WIDTH) -> float:
    """Points of matplotlib that are LEGEND points on the page, for a figure of this width in inches."""
    shown = min(1.0, available / (width * DISPLAYED))
    return LEGEND * (96 / DISPLAYED) / shown


def enlarge_legends(figure: Any, at_least: float = 0.0) -> None:
    least = max(at_least, smallest_legend(figure.get_figwidth()))
    for legend in legends(figure):
        for text in (*legend.get_texts(), legend.get_title()):
            text.set_fontsize(max(least, text.get_fontsize()))


def legends(figure: Any) -> list[Any]:
    """All legends, of the figure and of its panels. To look through every artist would make the ticks of each axis."""
    from matplotlib.legend import Legend

    found: dict[Any, None] = {}
    waiting = [figure, *figure.axes]
    for one in waiting:
        found |= dict.fromkeys((*getattr(one, "legends", ()), getattr(one, "legend_", None), *one.artists))
        waiting += [*getattr(one, "subfigs", ()), *getattr(one, "child_axes", ())]
    return [artist for artist in found if isinstance(artist, Legend)]


def parts(figure: Any) -> list[Part]:
    """The rectangles into which a phone cuts a figure that has been drawn; none where it need not.

    A panel stays together with its colour bar and with panels that lean on its tick labels; titles and legends of the
    whole figure are parts of their own.
    """
    from matplotlib.transforms import Bbox

    if figure.get_figwidth() <= STACKED_WIDTH:
        return []
    renderer = figure.canvas.get_renderer()
    boxes = [Bbox.union([axes.get_tightbbox(renderer) for axes in group]) for group in groups(figure)]
    widest = STACKED_WIDTH * figure.dpi
    own = dict.fromkeys((figure._suptitle, figure._supxlabel, figure._supylabel, *figure.texts))
    above = [artist.get_tightbbox(renderer) for artist in own if artist is not None]
    above += [box for legend in figure.legends for box in legend_boxes(legend, renderer, widest)]
    cut = list(_side_by_side(sorted([*boxes, *above], key=lambda box: -box.y1), widest))
    if len(cut) < 2:
        return []
    width, height = figure.bbox.width, figure.bbox.height
    margin = MARGIN * figure.dpi
    found = []
    for box in cut:
        left, right = max(0.0, box.x0 - margin), min(width, box.x1 + margin)
        low, high = max(0.0, box.y0 - margin), min(height, box.y1 + margin)
        sides = (left / width, 1 - high / height, (right - left) / width, (high - low) / height)
        found.append(Part(*(round(float(side), 4) for side in sides)))
    return found


def legend_boxes(legend: Any, renderer: Any, widest: float) -> list[Any]:
    """The box of a legend, or of each of its columns where it is too wide for a phone."""
    from matplotlib.transforms import Bbox

    whole = legend.get_tightbbox(renderer)
    if whole.width <= widest:
        return [whole]
    found: dict[int, list[Any]] = {}
    for text in legend.get_texts():
        box = text.get_window_extent(renderer)
        # The handle stands before it; handles of error bars do not know where they are.
        before = (legend.handlelength + legend.handletextpad) * text.get_fontsize() * legend.figure.dpi / 72
        found.setdefault(round(box.x0), []).append(Bbox.from_extents(box.x0 - before, box.y0, box.x1, box.y1))
    return [Bbox.union(boxes) for boxes in found.values()]


def _side_by_side(boxes: list[Any], widest: float) -> Iterator[Any]:
    """Rows of boxes, each cut where it would get too wide."""
    from matplotlib.transforms import Bbox

    rows: list[list[Any]] = []
    for box in boxes:
        same = rows and (box.y0 + box.y1) / 2 > min(other.y0 for other in rows[-1])
        rows[-1].append(box) if same else rows.append([box])
    for row in rows:
        together: list[Any] = []
        for box in sorted(row, key=lambda box: box.x0):
            if together and box.x1 - together[0].x0 > widest:
                yield Bbox.union(together)
                together = []
            together.append(box)
        yield Bbox.union(together)


def groups(figure: Any) -> list[list[Any]]:
    """Axes that are shown together: those at one place, a panel and its colour bar, panels that share tick labels."""
    found: list[list[Any]] = []
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        touching = [group for group in found if any(_belong_together(axes, other) for other in group)]
        found = [group for group in found if group not in touching]
        found.append([axes, *(other for group in touching for other in group)])
    return found


def _belong_together(one: Any, other: Any) -> bool:
    if one.get_position().bounds == other.get_position().bounds or other in _parents(one) or one in _parents(other):
        return True
    if one.get_shared_x_axes().joined(one, other) and _overlap(one.bbox.intervalx, other.bbox.intervalx):
        return not (_has_labels(one.xaxis) and _has_labels(other.xaxis))
    if one.get_shared_y_axes().joined(one, other) and _overlap(one.bbox.intervaly, other.bbox.intervaly):
        return not (_has_labels(one.yaxis) and _has_labels(other.yaxis))
    return False


def _parents(axes: Any) -> list[Any]:
    """The panels that a colour bar stands beside; none for other axes."""
    bar = getattr(axes, "_colorbar", None)
    return [] if bar is None else [bar.mappable.axes, *getattr(axes, "_colorbar_info", {}).get("parents", ())]


def _has_labels(axis: Any) -> bool:
    return any(label.get_visible() and label.get_text() for label in axis.get_ticklabels())


def _overlap(one: Any, other: Any) -> bool:
    return bool(min(one[1], other[1]) > max(one[0], other[0]))

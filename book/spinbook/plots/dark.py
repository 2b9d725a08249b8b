"""A figure's colours changed for a dark page: what is black or grey becomes light, other colours keep their hue.

What is drawn on a picture (snapshots, maps of values) keeps its colours, because the picture does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .style import contrast

# The page's ground in dark mode, and what black becomes on it.
GROUND = "#121212"
INK = "#e6e6e6"
# Colours whose channels differ by less than this are inks: black, greys and white.
GREY = 0.06
# WCAG 2 asks this contrast of text (AA); the other colours of a dark figure have it as well.
TEXT_CONTRAST = 4.5

Colour = tuple[float, float, float, float]


def recolour(figure: Any) -> None:
    """Change the colours of a matplotlib figure that has been drawn, in place, for a dark ground."""
    kept = {id(artist) for axes in figure.axes for artist in _on_pictures(axes)}
    for artist in figure.findobj():
        if id(artist) not in kept:
            recoloured(artist, on_dark)
    for axes in figure.axes:
        _ink_on_patches(axes)


def recoloured(artist: Any, change: Callable[[Colour], Colour]) -> None:
    """Change the colours of one artist; colours that stand for values are left alone."""
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    if isinstance(artist, Text):
        artist.set_color(_changed(artist.get_color(), change))
        for patch in (artist.get_bbox_patch(), getattr(artist, "arrow_patch", None)):
            if patch is not None:
                recoloured(patch, change)
    elif isinstance(artist, Line2D):
        face, edge = artist.get_markerfacecolor(), artist.get_markeredgecolor()
        artist.set_color(_changed(artist.get_color(), change))
        artist.set_markerfacecolor(_changed(face, change))
        artist.set_markeredgecolor(_changed(edge, change))
    elif isinstance(artist, Patch):
        face, edge = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_edgecolor(_changed(edge, change))
        if artist.get_fill():
            artist.set_facecolor(_changed(face, change))
    elif isinstance(artist, Collection) and artist.get_array() is None:
        faces, edges = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_edgecolor([_changed(edge, change) for edge in edges])
        artist.set_facecolor([_changed(face, change) for face in faces])


def _changed(colour: Any, change: Callable[[Colour], Colour]) -> Any:
    rgba = _rgba(colour)
    return change(rgba) if rgba[3] > 0 else rgba


def _rgba(colour: Any) -> Colour:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


def on_dark(colour: Colour) -> Colour:
    """The colour that takes another's place on a dark ground."""
    from matplotlib.colors import to_rgb

    rgb, alpha = np.array(colour[:3]), colour[3]
    ground, ink = np.array(to_rgb(GROUND)), np.array(to_rgb(INK))
    if np.ptp(rgb) < GREY:
        return (*(rgb * ground + (1 - rgb) * ink), alpha)
    return (*_with_contrast(rgb, ground, np.ones(3)), alpha)


def readable_on_white(colour: Colour) -> Colour:
    """The colour, darker where text of it would be too pale on white."""
    return (*_with_contrast(np.array(colour[:3]), np.ones(3), np.zeros(3)), colour[3])


def _with_contrast(rgb: np.ndarray, ground: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """The first colour on the way to `towards` that has the contrast of text on the ground."""
    steps = (rgb + share * (towards - rgb) for share in np.linspace(0, 1, 51))
    return next(step for step in steps if contrast(step, ground) >= TEXT_CONTRAST)


def _ink_on_patches(axes: Any) -> None:
    """Give text on a coloured patch, such as the label of a box, the ink that can be read there."""
    coloured = [one for one in axes.patches if one.get_fill() and np.ptp(one.get_facecolor()[:3]) >= GREY]
    for text in axes.texts:
        below = [one for one in coloured if _centre_within(text, one.get_window_extent())]
        if below and np.ptp(_rgba(text.get_color())[:3]) < GREY:
            *rgb, alpha = max(below, key=lambda one: one.get_zorder()).get_facecolor()
            ground = alpha * np.array(rgb) + (1 - alpha) * np.array(_rgba(GROUND)[:3])
            text.set_color(max((INK, GROUND), key=lambda ink: contrast(ink, ground)))


def _on_pictures(axes: Any) -> list[Any]:
    """Artists of these axes that stand on one of their pictures, with all that they consist of."""
    from matplotlib.collections import QuadMesh

    pictures = [*axes.images, *(mesh for mesh in axes.collections if isinstance(mesh, QuadMesh))]
    places = [picture.get_window_extent() for picture in pictures]
    drawn = [*axes.lines, *axes.patches, *axes.collections, *axes.texts]
    found = [artist for artist in drawn if any(_centre_within(artist, place) for place in places)]
    return [part for artist in found for part in artist.findobj()]


def _centre_within(artist: Any, place: Any) -> bool:
    from matplotlib.collections import Collection

    if isinstance(artist, Collection):  # its window extent forgets the transformation of its lines
        axes: Any = artist.axes
        data = axes.transData
        extent = artist.get_datalim(data).transformed(data)
    else:
        extent = artist.get_window_extent()
    return bool(place.contains((extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2))

"""Labelled (xarray) arrays among the arguments: which axes are meant, and labels for the results.

The Dataset that `spinlib.sample` returns has the dimensions (temperature, chain, draw), and its spins the lattice axes
x0, x1, ... behind them. Functions that take one of its variables follow the names of the dimensions, not their order.
xarray is not imported here: an array can be labelled only where xarray has been imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

CHAIN, DRAW, TEMPERATURE = "chain", "draw", "temperature"


def is_labelled(array: Any) -> bool:
    """Whether `array` is an xarray DataArray. TypeError for a Dataset, which holds several."""
    xarray = sys.modules.get("xarray")
    if xarray is None:
        return False
    if isinstance(array, xarray.Dataset):
        names = ", ".join(map(str, array.data_vars))
        raise TypeError(f"a Dataset holds several variables ({names}): give one of them, such as draws.energy")
    return isinstance(array, xarray.DataArray)


def all_labelled(*arrays: Any) -> bool:
    """Whether the arrays are labelled: all or none. TypeError where only some are."""
    found = [is_labelled(array) for array in arrays]
    if any(found) and not all(found):
        raise TypeError("labelled and plain arrays together: either all are labelled (xarray), or none is")
    return all(found)


def aligned(*arrays: Any) -> tuple[Any, ...]:
    """Labelled arrays with equal dimensions in equal order. ValueError: other dimensions, or labels that differ."""
    first = arrays[0]
    for other in arrays[1:]:
        if set(other.dims) != set(first.dims):
            raise ValueError(f"labelled arrays of dimensions {first.dims} and {other.dims}: they have to be equal")
    same = _exact(*arrays)
    return tuple(array.transpose(*first.dims) for array in same)


def of_configurations(
    function: Callable[..., Any],
    ndim: int,
    *spins: Any,
    new: Sequence[str] = (),
    coordinates: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """`function` of arrays (..., *shape), also for labelled spins, with the labels of the leading axes.

    ndim: number of lattice axes. They are those named x0, x1, ... or, where none has such a name, the last ones. new:
    names of the axes that the results have instead of the lattice's, with their coordinates. name: of the result.
    ValueError: too few dimensions, or only some of x0, x1, ....
    """
    if not all_labelled(*spins):
        return function(*spins)
    wanted = tuple(f"x{axis}" for axis in range(ndim))
    ordered = []
    for array in spins:
        lattice = wanted
        if not set(wanted) & set(array.dims):
            lattice = tuple(array.dims)[len(array.dims) - ndim :]
        if array.ndim < ndim or not set(lattice) <= set(array.dims):
            raise ValueError(f"spins of dimensions {array.dims}: needed are the lattice axes {', '.join(wanted)}")
        leading = [dim for dim in array.dims if dim not in lattice]
        ordered.append(array.transpose(*leading, *lattice))
    ordered = list(aligned(*ordered))
    template = ordered[0]
    n_leading = template.ndim - ndim
    values = function(*(array.values for array in ordered))
    # The lattice axes that the results keep, such as those of vortices.
    dims = (*template.dims[:n_leading], *(new or template.dims[n_leading:][: np.ndim(values) - n_leading]))
    kept = {key: value for key, value in template.coords.items() if set(value.dims) <= set(dims)}
    made = {key: (key, value) for key, value in (coordinates or {}).items()}
    return _data_array(values, dims, kept | made, name)


def axis_numbers(array: Any, axis: Any) -> tuple[int, ...]:
    """The axes of a labelled array that `axis` means: names or numbers, one or several, or None for "draw".

    ValueError: a dimension that the array does not have.
    """
    wanted = (DRAW,) if axis is None else (axis,) if isinstance(axis, str | int) else tuple(axis)
    numbers = []
    for one in wanted:
        inside = -array.ndim <= one < array.ndim if isinstance(one, int) else one in array.dims
        if not inside:
            raise ValueError(f"axis {one!r}: the dimensions are {', '.join(map(str, array.dims))}")
        numbers.append(one % array.ndim if isinstance(one, int) else array.dims.index(one))
    return tuple(numbers)


def without(array: Any, axes: Sequence[int]) -> Any:
    """A labelled array with the dimensions and coordinates that remain when some axes are averaged over."""
    return array.isel({array.dims[axis]: 0 for axis in axes}, drop=True)


def like(template: Any, values: Any, name: str | None = None, attrs: dict[str, Any] | None = None) -> Any:
    """Values with the dimensions and coordinates of a labelled array."""
    result = template.copy(data=np.asarray(values).reshape(template.shape))
    result.name, result.attrs = name, dict(attrs or {})
    return result


def temperatures(T: Any, template: Any) -> np.ndarray:
    """T as an array that broadcasts with the labelled `template`.

    ValueError: T has a dimension that the template lacks, or other labels; T is an unlabelled array and not the
    template's own temperatures; T contradicts the temperatures at which the template says that it was drawn.
    """
    drawn = template.coords.get(TEMPERATURE)
    if is_labelled(T):
        values = numbers_like(T, template)
    else:
        values = np.asarray(T)
        if values.ndim:
            if drawn is None or values.shape != drawn.shape:
                raise ValueError(
                    f"T of shape {values.shape} has no labels: give a number, or a labelled array such as "
                    "draws.temperature"
                )
            values = numbers_like(like(drawn, values), template)
    if drawn is not None and values.dtype.kind in "iuf":
        expected = numbers_like(drawn, template)
        wrong = ~np.isclose(np.broadcast_to(values, expected.shape), expected, rtol=1e-9, atol=0)
        if wrong.any() and np.isfinite(values).all():
            given = np.broadcast_to(values, expected.shape)[wrong][0]
            raise ValueError(f"T {given}: the labels say that this was drawn at temperature {expected[wrong][0]}")
    return values


def numbers_like(array: Any, template: Any) -> np.ndarray:
    """The values of a labelled array, broadcast to the dimensions of `template` in its order.

    ValueError: a dimension that the template lacks, or other labels.
    """
    strange = [str(dim) for dim in array.dims if dim not in template.dims]
    if strange:
        dims = ", ".join(map(str, template.dims)) or "no dimension"
        raise ValueError(f"{array.name or 'array'} has the dimension {strange[0]}, but the averages have {dims}")
    return _exact(array, template)[0].broadcast_like(template).transpose(*template.dims).values


def as_series(*arrays: Any) -> tuple[Any, ...]:
    """Labelled arrays as (..., chain, draw); without a chain as (..., draw). ValueError: no dimension "draw"."""
    for array in arrays:
        if DRAW not in array.dims:
            raise ValueError(f"a labelled series needs the dimension 'draw', got {', '.join(map(str, array.dims))}")
    last = [dim for dim in (CHAIN, DRAW) if dim in arrays[0].dims]
    return tuple(array.transpose(..., *last) for array in aligned(*arrays))


def each_series(*arrays: Any) -> tuple[Any, Iterator[tuple[tuple[int, ...], list[np.ndarray]]]]:
    """A template with the labels of one result per series, and an iterator over (index of the result, series).

    A series has the shape (chain, draw) or (draw,).
    """
    ordered = as_series(*arrays)
    axes = [i for i, dim in enumerate(ordered[0].dims) if dim in (CHAIN, DRAW)]
    if ordered[0].size == 0:
        raise ValueError(f"a series of shape {ordered[0].shape}: there is nothing to average")
    template = without(ordered[0], axes)
    values = [array.values for array in ordered]
    return template, ((index, [value[index] for value in values]) for index in np.ndindex(template.shape))


def per_series(function: Callable[..., Any], *arrays: Any, name: str) -> Any:
    """One number for each series along (chain, draw): a float for a single series, else a labelled array."""
    template, series = each_series(*arrays)
    found = [function(*one) for _, one in series]
    return like(template, found, name) if template.ndim else found[0]


def dataset(template: Any, columns: dict[str, Any], attrs: dict[str, dict[str, Any]]) -> Any:
    """A Dataset whose columns have one value per element of `template`, and its labels; attrs: of the variables."""
    variables = {name: like(template, list(column), name, attrs.get(name)) for name, column in columns.items()}
    return sys.modules["xarray"].Dataset(variables)


def _exact(*arrays: Any) -> tuple[Any, ...]:
    xarray = sys.modules["xarray"]
    try:
        return tuple(xarray.align(*arrays, join="exact", copy=False))
    except ValueError as error:
        raise ValueError(f"the labels of the arrays differ: {error}") from error


def _data_array(values: Any, dims: Sequence[Any], coords: Any, name: str | None) -> Any:
    return sys.modules["xarray"].DataArray(values, dims=dims, coords=coords, name=name)

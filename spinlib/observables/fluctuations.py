"""Averages and fluctuations of series of measurements: heat capacity, susceptibility, cumulant, helicity modulus.

Arrays may be labelled (xarray), as `spinlib.sample` returns them: the average is then over the dimension "draw" by
default, as it is over the last axis of plain arrays, so that chains stay apart. `axis=("chain", "draw")` pools them.
Temperatures are matched by their labels, and the result is labelled. Plain temperatures need a shape that fits the
averages.

No result carries an error bar here, and variances of correlated draws are too small by about 2 tau_int / n:
`spinlib.statistics.jackknife` gives the error and removes the bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.temperature import positive
from spinlib.models.configuration import finite_number
from spinlib.statistics import labelled

Array = NDArray[np.float64]
Axes = int | str | Sequence[int] | Sequence[str] | None

SUBTRACTED = {"mean_abs": "<|m|>^2", "mean": "<m>^2", "zero": "0"}


def heat_capacity(energies: Any, T: Any, n_sites: int, axis: Axes = None) -> Any:
    """Heat capacity per site, C = N (<e^2> - <e>^2) / T^2.

    Parameters
    ----------
    energies : array_like or xarray.DataArray
        Energies per site in J.
    T : float, array_like or xarray.DataArray
        Temperature in J / k_B: a number, or an array with one axis for each that remains, of its length or 1. A
        labelled one, such as `draws.temperature`, is matched by its labels.
    n_sites : int
        Number of sites N.
    axis : int, str or a sequence of them, optional
        Axes to average over, by number or name: by default the last, or "draw" of labelled energies.

    Returns
    -------
    float, ndarray or xarray.DataArray
        In k_B per site, with the axes that remain. Equal energies give 0.

    Raises
    ------
    ValueError
        T or n_sites not positive, T of another shape or contradicting the labels, energies not finite, or no draw.

    Examples
    --------
    >>> from spinlib.observables import heat_capacity
    >>> float(heat_capacity([-1.5, -1.0, -1.5, -1.0], T=2.0, n_sites=16))
    0.25
    """
    (e,), axes, temperature, template = _averaging(axis, T, energies=energies)
    capacity = number_of_sites(n_sites) * e.var(axis=axes) / temperature**2
    return _result(template, capacity, "heat_capacity", {"long_name": "heat capacity per site"})


def susceptibility(
    m: Any, T: Any, n_sites: int, subtract: str | None = None, axis: Axes = None, *, field: float | None = None
) -> Any:
    """Susceptibility per site, chi = N (<m^2> - s^2) / T, in one of three definitions of s.

    For Ising, m is the mean spin with its sign. For Potts, m = (q x - 1) / (q - 1) with x the share of the most
    frequent state, and "mean" is dm/dh for a field h that couples to that m, H - h N m. For a field B on one state, H -
    B sum_i delta(s_i, k), it is q / (q - 1) times dm/dB while that state is the most frequent one.

    Parameters
    ----------
    m : array_like or xarray.DataArray
        Magnetisations per site.
    T, n_sites, axis
        As in `heat_capacity`.
    subtract : {"mean_abs", "mean", "zero"}, optional
        "mean_abs", s = <|m|>: the choice without a field below and around Tc, where m of a finite lattice changes its
        sign. "mean", s = <m>: the derivative dm/dB at any field and temperature. Without a field <m> = 0 in the long
        run, and a chain that has not turned over often gives anything between the two others. "zero", s = 0: the
        symmetric phase without a field. By default "mean" in a field and "mean_abs" without one.
    field : float, optional
        B in J, which only decides the default. Where it is not given, the attribute "field" of a labelled m counts, as
        `spinlib.sample` sets it.

    Returns
    -------
    float, ndarray or xarray.DataArray
        In 1 / J per site, with the axes that remain. Labelled results name the definition in attrs ("subtract",
        "definition").

    Raises
    ------
    ValueError
        As `heat_capacity`, another `subtract`, or a field that is not one finite number.

    References
    ----------
    F. Wu, Rev. Mod. Phys. 54, 235 (1982): the order parameter of Potts.

    Examples
    --------
    >>> from spinlib.observables import susceptibility
    >>> m = [0.5, -0.5, 0.25, -0.25]
    >>> float(susceptibility(m, T=2.0, n_sites=16)), float(susceptibility(m, T=2.0, n_sites=16, subtract="zero"))
    (0.125, 1.25)
    """
    if field is None:
        field = m.attrs.get("field", 0.0) if labelled.is_labelled(m) else 0.0
    in_field = finite_number("field", field) != 0.0
    if subtract is None:
        subtract = "mean" if in_field else "mean_abs"
    if not isinstance(subtract, str) or subtract not in SUBTRACTED:
        raise ValueError(f"subtract {subtract!r}: allowed are {', '.join(map(repr, SUBTRACTED))}")
    (values,), axes, temperature, template = _averaging(axis, T, m=m)
    if subtract == "mean":
        variance = values.var(axis=axes)
    elif subtract == "mean_abs":
        variance = np.abs(values).var(axis=axes)
    else:
        variance = (np.abs(values) ** 2).mean(axis=axes)
    chi = number_of_sites(n_sites) * variance / temperature
    definition = f"N (<m^2> - {SUBTRACTED[subtract]}) / T"
    attributes = {"long_name": "susceptibility per site", "subtract": subtract, "definition": definition}
    return _result(template, chi, "susceptibility", attributes)


def binder_cumulant(m: Any, axis: Axes = None) -> Any:
    """Binder cumulant U = 1 - <m^4> / (3 <m^2>^2).

    It is 2/3 for an ordered system and 0 for Gaussian m.

    Parameters
    ----------
    m : array_like or xarray.DataArray
        Magnetisations in any unit.
    axis
        As in `heat_capacity`.

    Returns
    -------
    float, ndarray or xarray.DataArray
        U, with the axes that remain. NaN where m is 0 throughout one of several series.

    Raises
    ------
    ValueError
        m not finite, no draw, or a single plain series that is zero throughout, whose U is undefined.

    References
    ----------
    K. Binder, Z. Phys. B 43, 119 (1981).

    Examples
    --------
    >>> from spinlib.observables import binder_cumulant
    >>> round(float(binder_cumulant([1.0, -1.0, 1.0])), 4)
    0.6667
    """
    (values,), axes, _, template = _averaging(axis, None, m=m)
    squares = values**2
    second = squares.mean(axis=axes)
    if template is None and np.ndim(second) == 0 and second == 0:
        raise ValueError("the Binder cumulant of magnetisations that are all 0 is undefined")
    with np.errstate(invalid="ignore"):
        cumulant = 1 - (squares**2).mean(axis=axes) / (3 * second**2)
    return _result(template, cumulant, "binder_cumulant", {"long_name": "Binder cumulant"})


def helicity_modulus(stiffness: Any, current: Any, T: Any, n_sites: int, axis: Axes = None) -> Any:
    """Helicity modulus, <stiffness> - N <current^2> / T: the second derivative of the free energy by the twist.

    On the square lattice it falls from 2 T / pi to 0 at the Kosterlitz-Thouless temperature, near 0.893 J.

    Parameters
    ----------
    stiffness, current : array_like or xarray.DataArray
        Per site and of one shape, as `twist_response` gives them.
    T, n_sites, axis
        As in `heat_capacity`.

    Returns
    -------
    float, ndarray or xarray.DataArray
        In J, with the axes that remain.

    Raises
    ------
    ValueError
        As `heat_capacity`, or two shapes.

    References
    ----------
    M. Fisher, M. Barber and D. Jasnow, Phys. Rev. A 8, 1111 (1973).
    T. Ohta and D. Jasnow, Phys. Rev. B 20, 139 (1979).

    Examples
    --------
    >>> from spinlib.observables import helicity_modulus
    >>> round(float(helicity_modulus([0.9, 0.8], [0.1, -0.1], T=0.5, n_sites=16)), 2)
    0.53
    """
    (terms, currents), axes, temperature, template = _averaging(axis, T, stiffness=stiffness, current=current)
    modulus = terms.mean(axis=axes) - number_of_sites(n_sites) * (currents**2).mean(axis=axes) / temperature
    return _result(template, modulus, "helicity_modulus", {"long_name": "helicity modulus", "units": "J"})


class _Averaging(NamedTuple):
    series: list[Array]
    axes: Any
    temperature: Any
    template: Any  # labels of the averages; None for plain arrays


def _averaging(axis: Axes, T: Any, **series: Any) -> _Averaging:
    """The series as float64, the axes to average over, and T so that it broadcasts with the averages."""
    given = list(series.values())
    if labelled.all_labelled(*given):
        given = list(labelled.aligned(*given))
        axes: Any = labelled.axis_numbers(given[0], axis)
        values = [finite(name, one.values) for name, one in zip(series, given, strict=True)]
        template = labelled.without(given[0], axes)
        return _Averaging(values, axes, None if T is None else positive(labelled.temperatures(T, template)), template)
    values = [finite(name, one) for name, one in series.items()]
    if len({one.shape for one in values}) > 1:
        raise ValueError(f"{' and '.join(series)} of shapes {[one.shape for one in values]}: they have to be equal")
    axes = _plain_axes(axis)
    if T is None:
        return _Averaging(values, axes, None, None)
    remaining = np.empty(values[0].shape, np.bool_).any(axis=axes).shape
    temperature = positive(np.asarray(T))
    fits = temperature.ndim == len(remaining) and all(
        t in (1, n) for t, n in zip(temperature.shape, remaining, strict=True)
    )
    if temperature.ndim and not fits:
        raise ValueError(
            f"T of shape {temperature.shape}: the averages have the shape {remaining}, and T needs as many axes, "
            "each of the same length or 1"
        )
    return _Averaging(values, axes, temperature, None)


def _plain_axes(axis: Axes) -> Any:
    if axis is None:
        return -1
    axes = (axis,) if isinstance(axis, int | str) else tuple(axis)
    for one in axes:
        if isinstance(one, str):
            raise TypeError(f"axis {one!r}: only labelled arrays have names, others have axis numbers")
    return axis if isinstance(axis, int) else axes


def _result(template: Any, values: Any, name: str, attrs: dict[str, Any]) -> Any:
    return values if template is None else labelled.like(template, values, name, attrs)


def finite(name: str, series: ArrayLike) -> Array:
    """The series as float64. ValueError: nothing in it, or a value that is not finite."""
    values = np.asarray(series, dtype=np.float64)
    if values.size == 0:
        raise ValueError(f"{name} of shape {values.shape}: there is nothing to average")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} have to be finite, got {values[~np.isfinite(values)][0]}")
    return values


def number_of_sites(n_sites: int) -> int:
    """n_sites. ValueError: not positive."""
    if not n_sites > 0:
        raise ValueError(f"n_sites {n_sites}: has to be positive")
    return n_sites

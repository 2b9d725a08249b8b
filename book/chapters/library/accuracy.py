# %% [markdown]
# # The fast samplers give the exact energy
#
# This chapter reproduces no paper. It shows that the fast samplers of [the chapter before](sampler_rates.ipynb) give the exact energy:
# long runs of many seeds, each from a cold start, against Kaufman's energy {cite}`kaufman1949` of the same finite torus.
# Packed Metropolis and heat bath run below, near and above the critical temperature, cluster updates also at it. A poor
# random number generator, an acceptance probability of too few bits or a biased choice of clusters shows here first.
#
# **Running it.** `smoke` scale runs the same code with small settings. Under the figure stands how long the record took
# at `paper` scale; `make record CHAPTER=library/accuracy SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter
from spinbook.pages import page

chapter = open_chapter("library/accuracy", scale=scale, device=device, store=store)

# %% [markdown]
# ## Energies of many seeds
#
# Each seed's chain has an error bar from its own autocorrelation time, and so has the mean of all of them. The numbers of
# draws are chosen for an error of $5\times10^{-5}$ J per site.

# %%

from spinlib.statistics import chi_square

accuracy = chapter.record("library/energies")

# %% tags=["figure"]
difference, error = accuracy["e"] - accuracy["exact"], accuracy["e_error"]
chi2, dof, p = chi_square(difference, error, 0.0)
each = accuracy["z"][np.isfinite(accuracy["z"])]

import matplotlib.pyplot as plt
from scipy.stats import norm

from spinbook.plots import style
from spinbook.plots.sampler_names import in_words

figure, axes = plt.subplots(1, 2, figsize=(9, 4.6), layout="constrained")
cases = [f"{in_words(kernel)}, T = {t:.3f}" for kernel, t in zip(accuracy["kernel"], accuracy["T"], strict=True)]
places = np.arange(len(cases))
axes[0].errorbar(1e5 * difference, places, xerr=1e5 * error, color=style.COLORS["blue"], **style.MEASURED)
axes[0].axvline(0, **style.EXACT)
axes[0].set_yticks(places, cases)
axes[0].set(xlabel="measured − exact [$10^{-5}$ J per site]")
axes[1].hist(each, np.arange(-4.5, 4.75, 0.5), density=True, color=style.COLORS["sky"], label=f"{each.size} seeds")
grid = np.linspace(-4.5, 4.5, 181)
axes[1].plot(grid, norm.pdf(grid), **{**style.EXACT, "label": "normal distribution"})
axes[1].set(xlabel="deviation / error of a seed", ylabel="density")
axes[1].set_ylim(0, 0.56)
axes[1].legend(fontsize=8, loc="upper left")
L = accuracy.settings["L"]
chapter.figure(
    figure,
    "accuracy",
    caption=f"Energies of all kernels on {L} x {L} tori against Kaufman's exact ones, with one standard error, and the "
    "deviations of the single seeds in units of their own errors.",
    alt="Left: deviations of the energy from the exact one with error bars, one row per kernel and temperature, scattered "
    "about zero. Right: a histogram of the seeds' deviations in units of their errors beside the normal curve.",
    data={
        "energies": {name: accuracy[name] for name in ("kernel", "T", "e", "e_error", "exact", "tau")},
        "seeds": {"z": each},
    },
    records=[accuracy],
)

# %%
chapter.table(
    "Energies per site against Kaufman",
    ("Kernel", "T", "Measured", "Exact", "z", "$\\tau_\\mathrm{int}$ in sweeps"),
    [
        (
            in_words(kernel),
            f"{t:.4f}",
            page.number(e, sigma),
            f"{exact:.6f}",
            f"{(e - exact) / sigma:+.2f}",
            f"{tau:.1f}",
        )
        for kernel, t, e, sigma, exact, tau in zip(
            *(accuracy[name] for name in ("kernel", "T", "e", "e_error", "exact", "tau")), strict=True
        )
    ],
)

# %% [markdown]
# ## What we found
#
# No kernel, temperature or seed stands out. Each kernel was also compared with the exact enumeration of small lattices at
# every boundary, in the tests of the library: there the whole distribution of energy and magnetisation is known. Next
# we would add the other models, whose exact references are smaller lattices.

# %% tags=["answer"]
chapter.answer(
    f"All {len(error)} cases together deviate from Kaufman's energies by $\\chi^2$ = {chi2:.1f} for {dof} degrees of freedom "
    f"(p = {p:.2g}), with errors of at most {error.max():.1e} J per site. The deviations of {each.size} single seeds, in units "
    f"of their own errors, have the mean {page.number(each.mean(), each.size**-0.5)} and the standard deviation "
    f"{each.std(ddof=1):.2f}, as they should: 0 and 1."
)

# %%
chapter.close()

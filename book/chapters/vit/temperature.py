# %% [markdown]
# # The temperature itself
#
# Paper vit {cite}`vit` asks its networks for one of four classes of temperatures. This chapter asks for the temperature: how precisely does
# one configuration of the periodic ferromagnet tell it? The answer is known exactly, and small networks are measured by it.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale
# took stands in the captions; `make record CHAPTER=vit/temperature SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vit/temperature", scale=scale, device=device, store=store)

# %% [markdown]
# ## The best estimates
#
# In equilibrium a configuration of energy $E$ has the probability $e^{-E/T} / Z(T)$. Its energy therefore says all that it says about $T$.
# Two estimates follow from the exact $Z(T)$ {cite}`kaufman1949`, both in `spinlib.exact.temperature_estimates`:
#
# - the **likeliest temperature** (the maximum-likelihood estimate), at which this probability is largest: there the mean energy is the measured one;
# - the **posterior mean**, where all temperatures between 0.1 and 4 were equally probable before. No estimate has a smaller mean squared
#   error on temperatures that are drawn so. The least mean squared error is called the Bayes risk.
#
# An unbiased estimate, one that is right on average, cannot have an error below the Cramer-Rao bound $T / \sqrt{N c(T)}$, with $N$ sites and the specific
# heat $c$ per site. The bound is lowest where the specific heat is largest: near the critical temperature.

# %%
found = chapter.record("vit/temperature")
T, bound = found["T"], found["bound"]
side = found.settings["side"]

# %% tags=["figure"]
import matplotlib.pyplot as plt

from experiments.vit import systems, temperature
from spinbook.plots import style

looks = {
    "likeliest": ("likeliest temperature", "blue"),
    "posterior": ("posterior mean", "vermillion"),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6))
left.plot(T, bound, color="black", label="Cramer-Rao bound")
right.axhline(1.0, color="black")
for name, (words, color) in looks.items():
    look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
    value, error = found[f"{name}_rms"], found[f"{name}_rms_error"]
    left.errorbar(T, value, error, **look, label=words)
    right.errorbar(T, value / bound, error / bound, **look)
left.set(xlabel="temperature T [$J/k_B$]", ylabel="root-mean-square error of T [$J/k_B$]", yscale="log")
left.legend()
right.set(xlabel="temperature T [$J/k_B$]", ylabel="the same over the bound", yscale="log")
ticks = [0.02, 0.05, 0.1, 0.2, 0.5]
left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
right.set_yticks([1, 2, 4], ["1", "2", "4"])
for axis in (left, right):
    axis.minorticks_off()
chapter.figure(
    figure, "bound", records=[found],
    caption=f"Root-mean-square error of the temperature of one configuration of {side} x {side} spins, from its energy, with one standard "
    "error, beside the Cramer-Rao bound at the same temperatures, joined by lines (left), and divided by it (right).",
    alt="Two panels. Points of both estimates lie on the line of the bound above T = 1.2, with a dip at the critical temperature; below, "
    "the likeliest temperature rises above the bound and the posterior mean less so.",
    data={"T": T, "bound": bound} | {f"{name}_rms{end}": found[f"{name}_rms{end}"] for name in looks for end in ("", "_error")},
)  # fmt: skip

# %%
ratio, ratio_error = found["likeliest_rms"] / bound, found["likeliest_rms_error"] / bound
warm = np.flatnonzero(T >= 1.2)
worst = warm[np.argmax(np.abs(ratio[warm] - 1))]
cold = int(np.argmin(np.abs(T - 1.0)))
chapter.claim(
    "temperature/bound", float(abs(ratio[worst] - 1)), float(ratio_error[worst]), would_decide="more configurations"
)
chapter.claim("temperature/cold", float(ratio[cold]), float(ratio_error[cold]), would_decide="more configurations")

# %% [markdown]
# ## Where the bound is not reached
#
# The bound holds for estimates that are right on average, and it is reached where the likelihood is nearly a Gaussian. In the cold neither
# is true: at $T = 1$ the whole lattice has about $N e^{-8/T}$ flipped spins, a few, and a share of about $\exp(-N e^{-8/T})$
# of the configurations are ground states. The likeliest temperature of a ground state is the lowest one that is allowed, far below the true one. There the Bayes risk is the right measure. It can lie below the bound, since the
# posterior mean uses that no temperature is below 0.1.
#
# For the table temperatures were drawn from the whole range, and sorted into classes by the posterior mean. In each class the mean squared
# error of the posterior mean has to be the mean variance of the posterior: this tests the exact $Z(T)$, the sampler and the estimate at
# once. (Sorted by the true temperatures this would hold up to what crosses an edge.)

# %%
from spinlib.datasets.class_labels import classes_of
from spinlib.statistics import chi_square

drawn, told, deviation = (found[f"drawn_{name}"] for name in ("T", "mean", "deviation"))
classes = classes_of(told, systems.EDGES)
differences = (told - drawn) ** 2 - deviation**2
rows, sums, errors = [], [], []
for k, name in enumerate(systems.CLASSES):
    here = classes == k
    sums.append(differences[here].mean())
    errors.append(differences[here].std(ddof=1) / np.sqrt(here.sum()))
    off = found["drawn_likeliest"][here] - drawn[here], told[here] - drawn[here], deviation[here]
    rms = [temperature.root_mean_square(one[:, None]) for one in off]
    rows.append([name, f"{systems.EDGES[k]} to {systems.EDGES[k + 1]}", *("{:.4f} ± {:.4f}".format(*one) for one in rms)])  # fmt: skip
chapter.table(
    f"Root-mean-square errors over {len(drawn)} temperatures, drawn between {systems.LOWEST} and {systems.EDGES[-1]}, by the class of the posterior mean, in $J/k_B$, with standard errors.",
    ["class", "T", "likeliest temperature", "posterior mean", "posterior's own deviation"],
    rows,
)
chi2, dof, p = chi_square(np.array(sums), np.array(errors), np.zeros(len(sums)))
chapter.claim("temperature/risk", chi2=chi2, dof=dof)

# %% [markdown]
# ## From pictures, by small networks
#
# A small vision transformer and a small residual network are trained on the temperature itself, by the mean squared error, on equilibrium
# configurations changed by random symmetries. All settings are ours; the vision transformer has the weights that its library draws, which are small at this width; larger ones were not tried here. The best that they can do is the posterior mean of the same
# configurations, without having been told that only the energy counts.

# %%
pictures = chapter.record("vit/temperature_networks")
names = ("ViT", "ResNet-18")

# %% tags=["figure"]
from spinbook.plots import learned

figure, axes = plt.subplots(figsize=(6.4, 3.8))
own = pictures["T"]
learned.against_temperature(
    axes,
    own,
    {f"small {name}": pictures[f"{name}_rms"].T for name in names},
    label="root-mean-square error of T [$J/k_B$]",
    spread=0.012,
)
axes.plot(own, pictures["posterior_rms"], color="black", marker="x", linestyle="none", label="posterior mean")
axes.plot(T, bound, color="black", label="Cramer-Rao bound")
axes.set_yscale("log")
axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
axes.minorticks_off()
axes.legend()
each, n_training = (pictures.settings[name] for name in ("each", "training"))
chapter.figure(
    figure, "networks", records=[pictures, found],
    caption=f"The same errors of small networks, trained on {n_training} configurations, means and errors over {pictures.settings['trials']} trainings; "
    f"{each} configurations at each temperature. The posterior mean is that of the same configurations.",
    alt="Errors against temperature. Above T = 1 points of both networks lie above those of the posterior mean and the line of the bound; below, all are far above the line.",
    data={"T": own, "posterior": pictures["posterior_rms"]} | {name: pictures[f"{name}_rms"].mean(axis=0) for name in names},
)  # fmt: skip

# %%
from spinlib.statistics import mean_of_few

best, likeliest = float(pictures["test_posterior"]), float(pictures["test_likeliest"])
# What the draw of so many temperatures gives, from parts of as many of the larger set above.
n_test = pictures.settings["test"]
order = np.random.default_rng(1).permutation(len(drawn))[: len(drawn) // n_test * n_test]
parts = [np.sqrt(((values - drawn)[order].reshape(-1, n_test) ** 2).mean(axis=1)) for values in (found["drawn_likeliest"], told)]  # fmt: skip
rows = [
    ["likeliest temperature", f"{likeliest:.4f} ± {parts[0].std(ddof=1):.4f}", f"{likeliest / best:.2f} ± {(parts[0] / parts[1]).std(ddof=1):.2f}"],
    ["posterior mean", f"{best:.4f} ± {parts[1].std(ddof=1):.4f}", "1"],
]  # fmt: skip
for name, claim in zip(names, ("vit", "resnet"), strict=True):
    few = mean_of_few(pictures[f"{name}_test"])
    rows.append(
        [f"small {name}", f"{few.value:.4f} ± {few.error:.4f}", f"{few.value / best:.2f} ± {few.error / best:.2f}"]
    )
    chapter.claim(f"temperature/{claim}", few.value / best, few.error / best, would_decide="more trainings")
own_bound = np.interp(own, T, bound)
mild = own >= 1.2
over = {name: mean_of_few((pictures[f"{name}_rms"][:, mild] / own_bound[mild]).mean(axis=1)) for name in names}
chapter.table(
    f"Root-mean-square errors in $J/k_B$ over {n_test} temperatures drawn from the whole range, and over that of the posterior mean. All estimates are of the same configurations. Of the two "
    "exact ones the errors are standard deviations over such sets; of the networks they are over trainings, by Student's t, for this set.",
    ["estimate", "error", "ratio"],
    rows,
)

# %% tags=["answer"]
above = " and ".join(f"{over[name].value:.1f} ± {over[name].error:.1f} (small {name})" for name in names)
chapter.answer(
    f"From T = 1.2 on the energy tells the temperature as precisely as an estimate that is right on average can, up to a share of "
    f"{chapter.shown('temperature/bound')} at most. Over the whole range the error of a small "
    f"vision transformer is {chapter.shown('temperature/vit')} times the least possible one, that of a small residual network "
    f"{chapter.shown('temperature/resnet')} times. From T = 1.2 on "
    f"the networks' errors are {above} times the bound, on average over the temperatures of the figure."
)

# %%
chapter.close()

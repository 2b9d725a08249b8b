# %% [markdown]
# # Generated samples are uncorrelated, but costly and from another distribution
#
# Paper vae {cite}`vae` says in its abstract that generative networks "produce uncorrelated samples and therefore offer an
# advantage over Markov chain Monte Carlo methods which often suffer from long autocorrelation times". It measures neither.
# Here the correlations of its Markov chains, single flips at random sites, and of its autoencoder are measured, and those
# of the samplers that this library has besides. Then all of them are timed on one thread.
#
# **Running it.** `smoke` scale runs the same code with small settings. Under each figure stands how long its record
# took at `paper` scale; `make record CHAPTER=vae/independent_samples SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vae/independent_samples", scale=scale, device=device, store=store)

# %% [markdown]
# ## How long Markov chains remember
#
# With the autocorrelation $\rho(t)$ of an observable after $t$ sweeps, one independent draw takes $2\tau$ sweeps
# ({cite}`sokal1997`), where
#
# $$ \tau = \frac12 + \sum_{t \ge 1} \rho(t). \tag{1} $$
#
# We measure the energy, $|m|$, and $m$ with its sign, of XY spins the component of $m$ along a fixed axis. The slowest of
# them says when a configuration is new in every respect. The paper gives no temperatures; those here are ours.

# %%
from experiments.vae import crossover, exact_times, six_spins
from experiments.vae.autocorrelation import CRITICAL, OBSERVABLES
from spinbook.plots import sampler_times, style
from spinbook.plots.learned import TEMPERATURE
from spinlib.statistics import mean_of_few

METHODS, LONG = crossover.METHODS, crossover.LONG
TITLES = {"chain": "Ising, 6 open sites", "torus": "Ising, 10 x 10", "xy": "XY, 6 open sites"}
chains = chapter.record("vae/autocorrelation")
times = crossover.all_times(chains)
at = int(np.argmin(np.abs(chains["torus"] - CRITICAL)))

# %% tags=["figure"]
fine = np.geomspace(chains["chain"][0], chains["chain"][-1], 60)
exact = np.array([exact_times.single_flips(six_spins.MODEL, t).max() for t in fine])
figure, axes = sampler_times.panels((TITLES["chain"], TITLES["torus"]), TEMPERATURE, "τ of the slowest [sweeps]")
axes[0].plot(fine, exact, **{**style.EXACT, "label": "random sites, exact"})
data = {"exact": {"T": fine, "single_flips": exact}}
for axis, name in zip(axes, ("chain", "torus"), strict=True):
    data[name] = {"T": chains[name], **sampler_times.draw(axis, chains[name], METHODS[name], *times[name])}
    axis.axhline(LONG, color="0.5", linestyle=":")
sampler_times.logarithmic(axes[0], [0.3, 0.5, 1, 2, 4])
axes[1].axvline(CRITICAL, color="0.7", linewidth=0.8)
sampler_times.legend(figure, axes)
chapter.figure(
    figure, "text1_times", records=[chains],
    caption="Autocorrelation time of the slowest of energy, |m| and m. Black: single flips at random sites, from their "
    "transition matrix. Dotted: where 20 sweeps, the paper's distance between measurements, are one independent draw. Open "
    "symbols with arrows: m reversed too rarely, and the time is longer than drawn. Vertical line: the critical temperature.",
    alt="Two panels with logarithmic axes. Times of single flips rise steeply towards low temperature, in the left panel "
    "along the exact curve and in the right panel beyond the measured range; both cluster methods stay near one sweep.",
    data=data,
)  # fmt: skip

# %%
critical = times["torus"].value[0, at], times["torus"].error[0, at]
chapter.claim("text1/long_times", *critical, reason="no observable is correlated for so long")
long = {name: times[name].long() for name in TITLES}
total = sum(len(chains[name]) for name in TITLES)
told = ", ".join(f"{long[name][0]} of {len(chains[name])} ({TITLES[name]})" for name in TITLES)
chapter.claim("text1/often", sum(one for one, _ in long.values()) / total, sum(one for _, one in long.values()) / total / 2,
              reason=f"times are long at low temperatures and near the critical one: {told}")  # fmt: skip

# %% [markdown]
# ## It is the sign of the magnetisation that is slow
#
# Which observable is slow matters. The paper's results are energies, products of two spins and distributions of the
# energy, and none of these changes when all spins are turned over.

# %% tags=["figure"]
titles = "Ising, 10 x 10, random sites", "XY, 6 open sites, slowest"
figure, axes = sampler_times.panels(titles, TEMPERATURE, "τ [sweeps]")
data = {"torus": {"T": chains["torus"]}}
for k, (observable, color) in enumerate(zip(OBSERVABLES, style.COLORS, strict=False)):
    one = crossover.slowest(chains["torus_tau"][:1, ..., k : k + 1], chains["torus_sweeps"][:1])
    look = {"color": style.COLORS[color], "marker": style.MARKERS[color], "markersize": 4, "linewidth": 0.8}
    axes[0].errorbar(chains["torus"], one.value[0], one.error[0], capsize=2, label=observable, **look)
    data["torus"] |= {observable: one.value[0], f"{observable}_error": one.error[0]}
data["xy"] = {"T": chains["xy"], **sampler_times.draw(axes[1], chains["xy"], METHODS["xy"], *times["xy"])}
for axis in axes:
    axis.axhline(LONG, color="0.5", linestyle=":")
    axis.legend(fontsize=8)
axes[0].axvline(CRITICAL, color="0.7", linewidth=0.8)
chapter.figure(
    figure, "text1_observables", records=[chains],
    caption="Left: autocorrelation times of three observables under single flips at random sites; vertical line: the critical "
    "temperature. m has no point where it reverses too rarely. Right: the slowest observable of the XY chain.",
    alt="Left: times of energy and |m| have flat maxima near the critical temperature, that of m rises by orders of magnitude "
    "below it. Right: Metropolis rises to tens of sweeps at low temperature, the other methods stay near one.", data=data,
)  # fmt: skip

# %%
kept = crossover.kept_times(chains)
chapter.claim("text1/training_set", *max(one.largest() for one in kept.values()),
              reason="the sign of m stays for many times 20 sweeps, and longer yet where no reversal was seen")  # fmt: skip
even = np.nanmax(chains["torus_tau"][0, :, :, :2].mean(axis=1))
of_energy = mean_of_few(chains["torus_kept_tau"][at, :, 0]).value
worth = [5000 / max(one, 0.5) for one in (of_energy, kept["torus"].least[0, at])]
chapter.say("The slowest is m. Energy and |m| of 10 x 10 sites never take more than {:.0f} sweeps at our temperatures. At the "
            "critical one 10,000 kept configurations are worth {:.0f} independent ones in the energy, and {:.0f} in the sign of m. "
            "Turning half of them over would give both signs their weight without another sweep.".format(even, *worth))  # fmt: skip

# %% [markdown]
# ## Larger lattices, and clusters
#
# At the critical temperature the slowest time of single flips grows as $L^z$, with $z$ about 2.17
# ({cite}`nightingale1996`). Those of clusters hardly grow ({cite}`swendsen1987`, {cite}`wolff1989`).

# %% tags=["figure"]
energy, data = crossover.slowest(chains["sizes_tau"][..., :1], chains["sizes_sweeps"]), {}
figure, axes = sampler_times.panels(("energy", "slowest observable"), "lattice size L", "τ [sweeps]")
for axis, found in zip(axes, (energy, times["sizes"]), strict=True):
    drawn = sampler_times.draw(axis, chains["sizes"], METHODS["sizes"], *found)
    data[axis.get_title()] = {"L": chains["sizes"], **drawn}
    sampler_times.logarithmic(axis, chains["sizes"])
sampler_times.legend(figure, axes)
chapter.figure(
    figure, "text1_sizes", records=[chains],
    caption="Autocorrelation times of L x L Ising spins at the critical temperature. Open symbols with arrows: longer than drawn.",
    alt="Rising lines for single-flip methods on logarithmic axes, higher for the slowest observable; two nearly flat lines "
    "for the cluster methods far below.", data=data,
)  # fmt: skip

# %%
clustered = {name: METHODS[name].index("wolff" if name == "xy" else "swendsen_wang") for name in METHODS}
largest = max(times[name].largest(row) for name, row in clustered.items())
chapter.claim("text1/clusters", *largest, reason="clusters are slow somewhere")
grown = times["sizes"].value[[METHODS["sizes"].index(one) for one in ("multispin", "swendsen_wang")]]
z = np.log(grown[:, -1] / grown[:, 0]) / (np.log(chains["sizes"][-1] / chains["sizes"][0]) or np.nan)
chapter.say("From the smallest to the largest lattice, z is {:.2f} for packed bits and {:.2f} for clusters.".format(*z))

# %% [markdown]
# ## The autoencoder: no correlations, and what it costs
#
# Every generated configuration has latent variables of its own, so that nothing is left to correlate. We train the dense
# autoencoder for six sites and the convolutional one for 10 x 10 on the paper's training sets, and ask them for
# configurations, taken by the sign of the output. Widths, latent variables and epochs are ours.

# %%
generated, sweeps = chapter.record("vae/generated_samples"), chapter.record("vae/sweep_costs")
networks = {name: crossover.autoencoder(generated, name) for name in ("chain", "torus")}
taus = np.concatenate([generated[f"{name}_sign_tau"].reshape(-1, len(OBSERVABLES)) for name in networks])
chapter.claim("text1/uncorrelated", max(mean_of_few(one) for one in taus.T), reason="one depends on the one before")
chapter.table("Seconds of an autoencoder on one thread, means over trainings",
              ("System", "Training set", "Training", "One configuration", "10,000 with training"),
              crossover.rows_of_costs(generated, TITLES, 10_000))  # fmt: skip
chapter.say(crossover.machines(sweeps, generated))

# %% tags=["figure"]
each = {name: crossover.seconds_each(times[name], sweeps[f"{name}_seconds"]) for name in networks}
data, titles = {}, [TITLES[name] for name in networks]
figure, axes = sampler_times.panels(titles, TEMPERATURE, "seconds per independent configuration")
for axis, (name, one) in zip(axes, networks.items(), strict=True):
    data[name] = {"T": chains[name], **sampler_times.draw(axis, chains[name], METHODS[name], *each[name])}
    lines = {"autoencoder, trained": one.each.mean(), "10,000 with training": one.total(10_000).value / 10_000}
    for (label, value), dashes in zip(lines.items(), (":", "--"), strict=True):
        axis.axhline(value, color="black", linestyle=dashes, label=label)
        data[name][label] = np.full(len(chains[name]), value)
sampler_times.legend(figure, axes)
chapter.figure(
    figure, "text1_costs", records=[chains, sweeps, generated],
    caption="Seconds of one thread for one independent configuration: of 2τ sweeps with the slowest τ, or of one sweep where "
    "that is shorter. Open symbols with arrows: τ, and so the seconds, are longer than drawn.",
    alt="Seconds of all samplers against temperature on a logarithmic axis with two horizontal lines of the autoencoder; the "
    "fastest samplers lie far below both lines.", data=data,
)  # fmt: skip

# %% [markdown]
# ## From how many configurations on does an autoencoder pay?
#
# The autoencoder's time starts with its training, a chain's starts at zero. Its bias does not shrink: beyond the number of configurations
# whose statistical error of the energy equals the bias, the dotted vertical line, more of them are of no use.

# %% tags=["figure"]
place = {"chain": int(times["chain"].least[0].argmax()), "torus": at}
shown = {name: chains[name][place[name]] for name in networks}
titles = [f"{TITLES[name]}, T = {shown[name]:.3g}" for name in networks]
figure, axes = sampler_times.panels(titles, "independent configurations", "seconds in all")
n, data = np.geomspace(1, 1e7, 29), {}
for axis, (name, one) in zip(axes, networks.items(), strict=True):
    totals = np.array([one.total(k).value for k in n])
    data[name] = sampler_times.draw_totals(axis, n, METHODS[name], each[name].least[:, place[name]], totals)
    same = int(np.argmin(np.abs(generated[f"{name}_T"] - shown[name])))
    axis.axvline(crossover.enough(generated, name)[same], color="0.4", linestyle=":")
sampler_times.legend(figure, axes)
chapter.figure(
    figure, "text1_crossover", records=[chains, sweeps, generated],
    caption="Seconds of one thread for independent configurations, training set and training included; 6 sites where single "
    "flips are slowest, 10 x 10 at the critical temperature. Dotted: where the energy's statistical error equals the bias.",
    alt="The autoencoder's line is flat up to many configurations and then rises. The line of single flips at random sites "
    "crosses it far to the right of the dotted line; the lines of the fastest samplers stay below it.", data=data,
)  # fmt: skip

# %%
for name, one in networks.items():
    seconds, errors = each[name].least[:, place[name]], each[name].error[:, place[name]]
    for claim, row in {"": METHODS[name].index("random flips"), "_best": int(seconds.argmin())}.items():
        pays = float(crossover.pays_from(one, seconds[row]))
        told = f"from {pays:,.0f} configurations on" if np.isfinite(pays) else "at no number of configurations"
        chapter.claim(f"text1/advantage_{name}{claim}", *crossover.ratio(one, 10_000, seconds[row], errors[row]),
                      reason=f"beside {sampler_times.NAMES[METHODS[name][row]]} it pays {told}")  # fmt: skip
ratios = []
for name, k in {"chain": int(np.argmin(np.abs(generated["chain_T"] - 1.0))), "torus": 0}.items():
    one, statistical = crossover.off(generated, name)[k], generated[f"{name}_spread"][k] / np.sqrt(10_000)
    ratios.append((one.value / statistical, one.error / statistical))
chapter.claim("text1/bias", *min(ratios), reason="trainings come closer to the exact energy than statistics tell")
alone = 2 * chains["torus_tau"][0, at, :, 0].mean() * np.median(sweeps["torus_seconds"][0, at])
chapter.say(f"Where energies alone are wanted, single flips at random sites make an independent one on 10 x 10 sites at the "
            f"critical temperature in {1e6 * alone:.0f} microseconds, the decoder in {1e6 * networks['torus'].each.mean():.0f}.")  # fmt: skip
chapter.table("Bias of the energy per site with the signs of the outputs and with spins drawn from them, and the number N of configurations whose "
              "statistical error equals it",
              ("System", "T", "Exact [J]", "Signs [J]", "Drawn [J]", "N, signs", "N, drawn"),
              crossover.rows_of_bias(generated, TITLES))  # fmt: skip

# %% [markdown]
# ## What we found
#
# Generated configurations are uncorrelated, and single flips near and below the critical temperature are not. The rest
# does not follow. From that temperature on, single flips give the paper's 10,000 configurations sooner than they are
# trained on; further below they would not, for the sign of m alone, which can be drawn anew for nothing. Clusters make
# one sooner than the decoder at every temperature. And where an autoencoder would pay, its bias exceeds the statistical
# error many times over. What we would do next is to correct it, as the proposal of a Markov chain, with correlations.

# %% tags=["answer"]
chapter.answer(
    f"Generated configurations are uncorrelated: τ = {chapter.shown('text1/uncorrelated')}. At the critical temperature of "
    f"10 x 10 sites single flips have τ = {chapter.shown('text1/long_times')} sweeps, but clusters at most "
    f"{chapter.shown('text1/clusters')}. For 10,000 independent configurations there the autoencoder with its training takes "
    f"{chapter.shown('text1/advantage_torus')} times as long as the paper's single flips, and "
    f"{chapter.shown('text1/advantage_torus_best')} times as long as the fastest Markov chain; its bias is larger than their "
    f"statistical error by a factor of at least {chapter.shown('text1/bias')}."
)

# %%
chapter.close()

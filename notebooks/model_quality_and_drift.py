# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Model quality and drift
#
# Night by night: how well the model ranks what was held out, which model served, how far scores, lists, moods and
# inputs moved, what the audits found, and what the jobs took.

# %% tags=["parameters"]
lake = "../target/demo/lake"
run_date = ""  # empty: the last night that has lists
nights = 14

# %%
import matplotlib.pyplot as plt
from IPython.display import display
from nightfeed_lake import connect, figure, night, stability_index

tables = connect(lake)
run_date = night(tables, run_date)
known = {"run_date": run_date, "nights": nights}
LATELY = "run_date between $run_date::date - $nights::int + 1 and $run_date::date"
figure("run_date", run_date)

# %% [markdown]
# ## Which model served
#
# A refused model leaves the one of before in its place: `champion_kept`.

# %%
serving = tables.execute(
    f"select run_date, model_run_date, decision, reason from gold.serving_models where {LATELY} order by run_date",
    known,
).df()
for decision, count in serving.decision.value_counts().sort_index().items():
    figure(f"serving.{decision}", count)
display(serving)

# %% [markdown]
# ## How good the models are
#
# AUC: how often a held out post that somebody engaged with ranks before one drawn by chance; 0.5 is chance. It
# needs `train.gate.min-pairs` engagements. The emotion effect is shown with two standard errors to each side.

# %%
evaluations = tables.execute(
    f"select run_date, metric, segment, value from gold.model_evaluations where {LATELY} and value is not null",
    known,
).df()
evaluations["night"] = evaluations.run_date.dt.strftime("%d %b")
figure("evaluations", len(evaluations))
by_night = evaluations[evaluations.segment == "all"].pivot(
    index="night", columns="metric", values="value"
)
panels = plt.subplots(1, 3, figsize=(13, 3.8))[1]
auc = evaluations[evaluations.metric == "held_out_auc"].pivot(
    index="night", columns="segment", values="value"
)
if len(auc):
    auc.plot(ax=panels[0], marker="o")
panels[0].axhline(0.5, color="grey", linewidth=0.8)
panels[0].set_title("AUC of what was held out, by history")
per_impression = ["log_likelihood_per_impression", "null_log_likelihood_per_impression"]
by_night[per_impression].plot(ax=panels[1], marker="o", title="Log-likelihood an impression")
effects = by_night.reindex(columns=["emotion_effect", "emotion_effect_standard_error"])
panels[2].errorbar(
    effects.index,
    effects.emotion_effect,
    yerr=2 * effects.emotion_effect_standard_error.fillna(0),
    fmt="o",
)
panels[2].axhline(0, color="grey", linewidth=0.8)
panels[2].set_title("Emotion effect")
plt.tight_layout()
plt.show()
gain = (by_night[per_impression[0]] - by_night[per_impression[1]]).iloc[-1]
figure("log_likelihood.gain", round(float(gain), 6))

# %% [markdown]
# ## How far things moved
#
# Population stability index against the night before, Σ (p − q) ln(p / q) over the tenths of the night before: below
# 0.1 little moved, above 0.25 much did. Lists: how much of a reader's list stands in that of the night before.

# %%
MOVING = {
    "scores": f"select run_date, score as value from gold.recommendations where {LATELY}",
    "interest_share": f"select run_date, behaviour_share as value from gold.recommendations where {LATELY}",
    "moods": f"select run_date, valence as value from silver.user_states where evidence > 0 and {LATELY}",
    "texts": f"select run_date, valence as value from silver.text_annotations where valence is not null and {LATELY}",
}
drift = {}
for name, query in MOVING.items():
    values = {
        str(day.date()): group.value.to_numpy()
        for day, group in tables.execute(query, known).df().groupby("run_date")
    }
    days = sorted(values)
    drift[name] = {
        day: stability_index(values[before], values[day]) for before, day in zip(days, days[1:])
    }
    if drift[name]:
        figure(f"drift.{name}", round(drift[name][days[-1]], 6))

overlap = tables.execute(
    f"""
    with lists as (select run_date, user_id, post_id from gold.recommendations where {LATELY}),
    kept as (
      select today.run_date, today.user_id, avg((before.post_id is not null)::int) as share
      from lists as today left join lists as before
        on before.run_date = today.run_date - 1 and before.user_id = today.user_id and before.post_id = today.post_id
      where exists (from lists as l where l.run_date = today.run_date - 1 and l.user_id = today.user_id)
      group by all)
    select run_date, avg(share) as kept, count(*) as readers from kept group by run_date order by run_date""",
    known,
).df()
figure("lists.nights_compared", len(overlap))
if len(overlap):
    figure("lists.kept", round(float(overlap.kept.iloc[-1]), 6))

panels = plt.subplots(1, 2, figsize=(11, 3.8))[1]
for name, indices in drift.items():
    panels[0].plot([day[5:] for day in indices], list(indices.values()), marker="o", label=name)
panels[0].axhline(0.25, color="grey", linewidth=0.8)
panels[0].set_title("Stability index against the night before")
panels[0].legend()
panels[1].bar(overlap.run_date.dt.strftime("%d %b"), overlap.kept)
panels[1].set_title("Share of lists that stood in those of the night before")
panels[1].set_ylim(0, 1)
plt.tight_layout()
plt.show()

# %% [markdown]
# ## What came in, and what audits found

# %%
counts = tables.execute(
    f"select * from silver.ingest_counts where {LATELY} order by run_date, source", known
).df()
# A version that knows opt-outs counts them, too.
OUTCOMES = ["rows_out", "duplicates", "quarantined", "opted_out"]
OUTCOMES = [outcome for outcome in OUTCOMES if outcome in counts]
figure("input.lines", int(counts.lines_in.sum()))
figure("input.quarantined", int(counts.quarantined.sum()))
figure("input.lost", int(counts.lines_in.sum() - counts[OUTCOMES].sum().sum()))
display(counts)
audits = tables.execute(
    f"select table_name, outcome, count(*) as rules from ops.audit_results where {LATELY} group by all order by all",
    known,
).df()
for outcome, rules in audits.groupby("outcome").rules.sum().items():
    figure(f"audits.{outcome}", int(rules))
display(audits.pivot(index="table_name", columns="outcome", values="rules").fillna(0).astype(int))

# %% [markdown]
# ## What the jobs took

# %%
runs = tables.execute(
    f"""
    select run_date, job, status, seconds from ops.job_runs where {LATELY}
    qualify row_number() over (partition by run_date, job order by started_at desc) = 1 order by run_date, job""",
    known,
).df()
for status, count in runs.status.value_counts().sort_index().items():
    figure(f"jobs.{status}", count)
seconds = runs.pivot(index="run_date", columns="job", values="seconds")
seconds.index = seconds.index.strftime("%d %b")
seconds.plot.bar(stacked=True, title="Seconds of each job's last run", xlabel="")
plt.ylabel("seconds")
plt.tight_layout()
plt.show()

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
# # What the platform felt and read this week
#
# What people wrote, in the reading of the language models; what they were shown and engaged with; and how they
# feel at the end of the run date. A day is told only of 20 people or more.

# %% tags=["parameters"]
lake = "../target/demo/lake"
run_date = ""  # empty: the last night that has lists
days = 7

# %%
import matplotlib.pyplot as plt
from nightfeed_lake import EMOTIONS, LEAST_PEOPLE, connect, figure, night

tables = connect(lake)
run_date = night(tables, run_date)
known = {"run_date": run_date, "days": days, "least": LEAST_PEOPLE}
figure("run_date", run_date)

# %% [markdown]
# ## What happened

# %%
actions = tables.execute(
    """
    select event_date as day, action, count(*) as events
    from silver.events
    where run_date <= $run_date::date and event_date between $run_date::date - $days::int + 1 and $run_date::date
    group by all order by all""",
    {name: known[name] for name in ("run_date", "days")},
).df()
for action, events in actions.groupby("action").events.sum().items():
    figure(f"events.{action}", events)
by_day = actions.pivot(index="day", columns="action", values="events").fillna(0)
by_day.index = by_day.index.strftime("%d %b")
by_day.plot.bar(stacked=True, title="Events by day and action", ylabel="events", xlabel="")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## What people wrote, and what they saw
#
# The mean probability of each emotion over posts and comments by the day they were written, and over posts by
# the day they were seen, each as often as it was seen. Texts in languages that no head reads are left out.

# %%
MEANS = ", ".join(f"avg(emotions[{place}]) as {name}" for place, name in enumerate(EMOTIONS, 1))
WRITTEN = """
    select event_date as day, user_id as person, text_hash from silver.events where run_date <= $run_date::date
    union all
    select created_at::date, author_id, text_hash from silver.posts where run_date <= $run_date::date"""
SEEN = """
    select event_date as day, events.user_id as person, posts.text_hash
    from silver.events as events join (select distinct post_id, text_hash from silver.posts where run_date <= $run_date::date) as posts
    using (post_id)
    where events.run_date <= $run_date::date and action = 'view'"""


def emotions_of(texts: str):
    return tables.execute(
        f"""
        select day, count(*) as texts, avg(valence) as valence, {MEANS}
        from ({texts}) join readings using (text_hash)
        where emotions is not null and day between $run_date::date - $days::int + 1 and $run_date::date
        group by day having count(distinct person) >= $least order by day""",
        known,
    ).df()


written, seen = emotions_of(WRITTEN), emotions_of(SEEN)
figures, panels = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
for panel, texts, title in zip(panels, (written, seen), ("Written", "Seen")):
    name = title.lower()
    figure(f"{name}.days", len(texts))
    figure(f"{name}.texts", int(texts.texts.sum()))
    if len(texts):
        weights = texts.texts / texts.texts.sum()
        figure(f"{name}.valence", round(float((texts.valence * weights).sum()), 6))
        for emotion in EMOTIONS:
            figure(f"{name}.{emotion}", round(float((texts[emotion] * weights).sum()), 6))
        shown = texts.set_index(texts.day.dt.strftime("%d %b"))[list(EMOTIONS)]
        shown.plot.bar(stacked=True, ax=panel, xlabel="", legend=title == "Seen", colormap="Set2")
    panel.set_title(title)
panels[0].set_ylabel("mean probability")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## How people feel at the end of the night
#
# Valence of everybody of whom texts are known, from -1 to 1, fading with the age of what was written. People who
# have written nothing have no evidence, and are left out.

# %%
states = tables.execute(
    "select valence, evidence from silver.user_states where run_date = $run_date::date and evidence > 0",
    {"run_date": run_date},
).df()
if len(states) >= LEAST_PEOPLE:
    figure("felt.people", len(states))
    figure("felt.valence", round(float(states.valence.mean()), 6))
    states.valence.plot.hist(
        bins=20, range=(-1, 1), title=f"Valence of {len(states)} people, {run_date}"
    )
    plt.xlabel("valence")
    plt.tight_layout()
    plt.show()

# %% [markdown]
# ## What was written about
#
# Tags of the posts that were engaged with this week.

# %%
tags = tables.execute(
    """
    select tag, count(*) as engagements, count(distinct user_id) as people
    from silver.events join (
      select distinct post_id, unnest(tags) as tag from silver.posts where run_date <= $run_date::date) using (post_id)
    where run_date <= $run_date::date and action in ('click', 'like', 'comment', 'share', 'follow')
      and event_date between $run_date::date - $days::int + 1 and $run_date::date
    group by tag having people >= $least order by engagements desc, tag limit 15""",
    known,
).df()
figure("tags", len(tags))
if len(tags):
    tags.iloc[::-1].plot.barh(
        x="tag", y="engagements", legend=False, title="Tags engaged with", ylabel=""
    )
    plt.tight_layout()
    plt.show()

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
# # Why was this recommended?
#
# From one reader's list back to the history that it rests on. A score is f + g, expected engagements from
# interest and from mood; the supporting posts are those of the reader's history that carry most of f.
# Readers are pseudonyms, of which eight characters are shown.

# %% tags=["parameters"]
lake = "../target/demo/lake"
run_date = ""  # empty: the last night that has lists
user = ""  # the beginning of a pseudonym; empty: the first reader with reasons

# %%
import re

import matplotlib.pyplot as plt
from IPython.display import display
from nightfeed_lake import EMOTIONS, connect, figure, night

tables = connect(lake)
run_date = night(tables, run_date)
if not re.fullmatch(r"[0-9a-f]{0,64}", user):
    raise ValueError(f"user is {user!r}; expected the beginning of a pseudonym, in hex")
found = tables.execute(
    """
    select min(user_id) from gold.recommendations
    where run_date = $run_date::date and starts_with(user_id, $user) and len(supporting_posts) > 0""",
    {"run_date": run_date, "user": user},
).fetchall()[0][0]
if found is None:
    raise ValueError(f"No list with reasons of {run_date} is of a reader {user!r}")
known = {"run_date": run_date, "user": found}
figure("run_date", run_date)
figure("reader", found[:8])

# %% [markdown]
# ## The list

# %%
POSTS = """(select post_id, text, text_hash from silver.posts where run_date <= $run_date::date
            qualify row_number() over (partition by post_id order by run_date desc) = 1)"""
ranked = tables.execute(
    f"""
    select rank, left(text, 50) as post, score, behaviour_share, emotion_share, reason, supporting_posts
    from gold.recommendations join {POSTS} using (post_id)
    where run_date = $run_date::date and user_id = $user order by rank""",
    known,
).df()
figure("list.posts", len(ranked))
figure("list.score", round(float(ranked.score.sum()), 6))
figure("list.behaviour_share", round(float(ranked.behaviour_share.mean()), 6))
display(ranked[["rank", "post", "score", "behaviour_share", "reason"]].head(10))

# %%
parts = ranked.set_index("rank")
parts = parts[["behaviour_share", "emotion_share"]].mul(parts.score, axis=0)
parts.columns = ["interest (f)", "mood (g)"]
parts.plot.bar(
    stacked=True, figsize=(10, 3.5), title="Score of each place, in its two parts", xlabel="place"
)
plt.ylabel("expected engagements")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## The history that it rests on
#
# Each post that is named as a reason, with what the reader did with it, and how many places of the list name it.

# %%
reasons = tables.execute(
    f"""
    with named as (
      select unnest(supporting_posts) as post_id from gold.recommendations
      where run_date = $run_date::date and user_id = $user)
    select left(any_value(text), 50) as post, count(*) as places, any_value(engagements) as engagements,
      any_value(engagement) as engagement, any_value(last_event_time) as last_event_time
    from named join {POSTS} using (post_id)
    join (select * from silver.user_item_signals where run_date = $run_date::date and user_id = $user) using (post_id)
    group by post_id order by places desc, post""",
    known,
).df()
figure("reasons.posts", len(reasons))
figure("reasons.places", int(reasons.places.sum()))
display(reasons.head(10))

# %%
history = tables.execute(
    """
    select last_event_time, engagement, post_id in (
        select unnest(supporting_posts) from gold.recommendations
        where run_date = $run_date::date and user_id = $user) as is_named
    from silver.user_item_signals
    where run_date = $run_date::date and user_id = $user and engagement > 0 order by last_event_time""",
    known,
).df()
figure("history.posts", len(history))
for is_named, label in ((False, "others"), (True, "named as reasons")):
    of = history[history.is_named == is_named]
    plt.scatter(of.last_event_time, of.engagement, label=label, alpha=0.7)
plt.title("The reader's history")
plt.ylabel("engagement, decayed")
plt.xticks(rotation=30)
plt.legend()
plt.tight_layout()
plt.show()

# %% [markdown]
# ## The mood
#
# The reader's state against everybody's, as far as what was written lets it be known.

# %%
state = tables.execute(
    """
    select emotional_state, confidence from silver.user_states
    where run_date = $run_date::date and user_id = $user""",
    known,
).fetchall()[0]
figure("mood.confidence", round(state[1], 6))
plt.bar([*EMOTIONS, "valence"], state[0])
plt.axhline(0, color="grey", linewidth=0.8)
plt.title(f"Deviation from everybody's mood (confidence {state[1]:.0%})")
plt.xticks(rotation=30)
plt.tight_layout()
plt.show()

# %% [markdown]
# ## What became of all other posts

# %%
FUNNEL = (
    "removed_unsafe", "removed_unknown", "removed_stale", "removed_own", "removed_rejected",
    "removed_seen", "outranked", "guarded_away", "delivered",
)  # fmt: skip
funnel = tables.execute(
    f"select posts, {', '.join(FUNNEL)} from gold.candidate_funnel where run_date = $run_date::date and user_id = $user",
    known,
).df()
figure("funnel.posts", int(funnel.posts[0]))
figure("funnel.lost", int(funnel.posts[0] - funnel[list(FUNNEL)].iloc[0].sum()))
funnel[list(FUNNEL)].iloc[0][::-1].plot.barh(
    title=f"All {funnel.posts[0]} posts, by what became of them"
)
plt.xlabel("posts")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Does it hold for everybody?
#
# Reasons that are not in the history of the reader to whom they are given, and shares that do not add up: none.

# %%
unknown, given = tables.execute(
    """
    with given as (
      select user_id, unnest(supporting_posts) as post_id from gold.recommendations where run_date = $run_date::date)
    select count(*) filter (where engagement is null), count(*)
    from given left join (
      select user_id, post_id, engagement from silver.user_item_signals
      where run_date = $run_date::date and engagement > 0) using (user_id, post_id)""",
    {"run_date": run_date},
).fetchall()[0]
figure("everybody.reasons", given)
figure("everybody.reasons_unknown", unknown)
shares = tables.execute(
    """
    select behaviour_share, emotion_share, is_new_user from gold.recommendations
    where run_date = $run_date::date""",
    {"run_date": run_date},
).df()
off = (shares.behaviour_share + shares.emotion_share - 1).abs() > 1e-6
figure("everybody.rows", len(shares))
figure("everybody.shares_off", int(off.sum()))
shares.behaviour_share.plot.hist(
    bins=20, range=(0, 1), title="Share of interest in all places of all lists"
)
plt.xlabel("f / (f + g)")
plt.tight_layout()
plt.show()

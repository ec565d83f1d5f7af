"""A whole study: which words, typical of whom, when, who names a group how, who is quoted, who copies."""

from pathlib import Path

import corpus_kit as ck
from corpus_kit.samples import sample_actors

# The settings: a corpus, its columns of groups and dates, where results go; two words or more, a list of names.
corpus, group, date, out = ck.sample_corpus(), "outlet", "date", "study"
words, actors, actor = ["هدنة", "المسيرات", "النازحين"], sample_actors(), "group"
Path(out).mkdir(exist_ok=True)

# Clean: without page furniture, and each report once. Look at what goes before it goes.
furniture = ck.news.boilerplate(corpus, by=group)
body = corpus.exclude(furniture)
once = body.deduplicate(date=date)
ck.save(furniture, f"{out}/furniture.xlsx")

# Which words, next to which.
ck.save(ck.frequency(once, by=group, stopwords=ck.stopwords(), min_documents=2), f"{out}/words.xlsx")
ck.save(ck.collocations(once, words[0], by=group, min_count=2, stopwords=ck.stopwords()), f"{out}/company.xlsx")
ck.save(ck.compare_collocations(once, once, words[:2], min_count=2), f"{out}/two_companies.xlsx")

# What is typical of each group.
key = ck.keyness(once, by=group, min_documents=3)
ck.save(key.filter(direction="target"), f"{out}/key_words.xlsx")
ck.plot.keyness(key).save(f"{out}/key_words.png")

# When: rates with intervals, tests of change.
trend = ck.trend(once, words, every="month", date=date)
ck.plot.trend(trend).save(f"{out}/trend.png")
ck.save(ck.trend_tests(once, words, every="month", by=group, date=date), f"{out}/change.xlsx")

# Who is named how, who is quoted, who copies whom.
labels = ck.news.labels(body, actors, actor=actor, by=group)
ck.plot.labels(labels).save(f"{out}/labels.png")
ck.save(ck.news.quotations(body, actors=actors, metadata=group), f"{out}/quotations.xlsx")
ck.save(ck.news.near_duplicates(body, by=group, date=date), f"{out}/copies.xlsx")
ck.save(ck.kwic(once, words[0], sample=20, metadata=group), f"{out}/lines.html")
print(ck.cite(key), ck.cite(labels), sep="\n")

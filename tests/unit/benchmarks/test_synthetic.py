"""Synthetic pages and queries."""

from collections import Counter

from benchmarks.speed.synthetic import SIZE, Corpus, make_vocabulary


def words_of(document):
    return document.text.lower().replace(".", "").split()


def test_the_same_seed_makes_the_same_site():
    assert list(Corpus(5).documents()) == list(Corpus(5).documents())
    assert Corpus(5).queries(3) == Corpus(5).queries(3)
    assert list(Corpus(5).documents()) != list(Corpus(5, seed=1).documents())


def test_pages_have_about_200_words():
    lengths = [len(words_of(document)) for document in Corpus(200).documents()]

    assert 190 < sum(lengths) / len(lengths) < 210
    assert min(lengths) >= 50


def test_few_words_make_up_most_of_the_text_as_zipf_says():
    counts = Counter(word for document in Corpus(200).documents() for word in words_of(document))

    assert 0.3 < sum(count for _, count in counts.most_common(100)) / counts.total() < 0.6
    assert len(counts) > 5000


def test_a_query_has_two_to_six_words_of_the_vocabulary():
    vocabulary = set(make_vocabulary())
    queries = [query.split() for query in Corpus(1000).queries(50)]

    assert len(vocabulary) == SIZE
    assert {len(query) for query in queries} == {2, 3, 4, 5, 6}
    assert all(vocabulary.issuperset(query) for query in queries)


def test_pages_answer_queries():
    pages = [set(words_of(document)) for document in Corpus(500).documents()]

    answered = [any(set(query.split()) <= words for words in pages) for query in Corpus(500).queries(50)]

    assert sum(answered) > 10

"""Every number that moves a result, with its unit, its effect and the decision that tells how it was measured.

Names in brackets are files in ``docs/explanation/decisions``. Modules read these as ``constants.NAME``, when they
compute, and the documentation takes its figures from here.
"""

from __future__ import annotations

from collections.abc import Mapping

# The query.

#: Terms of the words of a query that are searched for, the first ones of it: each costs a look-up, and Chinese yields
#: one with every character.
MAX_TERMS = 200
#: Pairs of neighbouring words that are searched for as one word, too.
MAX_JOINED = 40
#: Letters of the longest word that two are written as.
LONGEST_JOINED = 30
#: What a further term of a word counts beside the word, in occurrences: another spelling, an accent, a part.
EXTRA_WEIGHT = 0.3
#: The same for words that are written as one.
JOINED_WEIGHT = 1.0
#: What a joined word and a part of a word count on a page, in occurrences: a page with "e-mail" has ``email`` so often.
SECONDARY_WEIGHT = 0.3
#: What a word of the page's slug counts, in occurrences, where the page does not have it otherwise.
SLUG_WEIGHT = 0.3
#: What the term of a title adds to the score of the keyword leg: more than any other score, so that both can be told
#: from the sum. The statement adds it to what it computes anyway.
TITLE_SCORE = 10_000.0

# BM25 [0002-bm25-as-a-sparsevec].

#: How soon a repeated term stops counting, in occurrences: at ``tf = K1`` a term of an average page has half its most.
K1 = 1.2
#: How much longer pages are held back: 0 not at all, 1 in proportion to their length.
B = 0.75
#: Occurrences that one in the title, or in other important text, counts as.
TITLE_WEIGHT = 2
#: Share by which the average length of a page may move away from the one that the stored weights were computed with.
#: Beyond it the keyword side is written again.
MAX_LENGTH_DRIFT = 0.1

# Legs.

#: Pages that each leg contributes to a ranking.
TOP = 100
#: Candidates that are looked at one by one, without an index, on a site of any size
#: [0019-exact-scan-for-few-candidates].
EXACT_SCAN_AT_LEAST = 400
#: The same, per square root of the number of pages. Scanning n candidates costs n steps; walking the HNSW graph until
#: enough of them have turned up costs (pages / n) times a constant. The two are equal at a multiple of the root:
#: measured at 50,000 pages, at 6,000 candidates [0019-exact-scan-for-few-candidates].
EXACT_SCAN_PER_ROOT = 26
#: Share of that limit up to which the keyword leg scans: its index costs less to use under a filter.
KEYWORD_EXACT_SCAN_SHARE = 0.5

#: Pages whose text is read for the phrases of a query, the best by words: a phrase finds no others
#: [0078-phrases-are-read-before-ranking].
PHRASE_PAGES = 500

# The semantic leg.

#: Chunks that a walk of the HNSW index ends with. A page is there with several, so that these make fewer pages.
MAX_CHUNKS = 200
#: The same per page that is wanted, where a page asks for those nearest to it [0017-narrow-walk-around-a-page].
CHUNKS_PER_PAGE = 20
#: Breadth of that walk (``hnsw.ef_search``) per chunk. The page's own vector lies amid theirs, so that a narrow walk
#: misses none; it is wider than the number of chunks because the page's own do not count.
BREADTH_PER_CHUNK = 1.5
#: Least breadth of a walk for a query. It finds .98 of the true first 10 pages at 10,000 pages. It is above
#: ``MAX_CHUNKS``: pgvector starts the walk again, at several times its cost, when a few chunks of it are no candidates
#: [0016-breadth-grows-with-the-root-of-the-site].
MIN_BREADTH = 300
#: Breadth per square root of the number of pages: a larger graph hides more at the same breadth.
BREADTH_PER_ROOT = 2.25
#: pgvector allows no more.
MAX_BREADTH = 1000
#: Chunks that a walk looks at under a filter before it gives up.
MAX_SCAN_TUPLES = 100_000
#: Fewer pages than this are no answer of a walk, even where a few pages hold all of the nearest chunks.
MIN_PAGES = 5

# The keyword leg [0080-rare-words-first-on-every-site].

#: Pages that are scored: terms are looked up, rarest first, until more pages have one of them.
MAX_SCORED = 2000
#: Candidates that must be among those scored, if there are so many: more terms are looked up until they are.
MIN_CANDIDATES_SCORED = 20

# Fusion [0006-fuse-by-z-scores].

#: Share of the semantic leg by model, 0 to 1: less for static word vectors, which know little of the order of words.
SEMANTIC_WEIGHTS: Mapping[str, float] = {"wordllama": 0.35}
#: The same for any other model.
DEFAULT_SEMANTIC_WEIGHT = 0.55
#: The same where the model does not know the language of the site: noise is as near to its pages as their own titles.
BLIND_SEMANTIC_WEIGHT = 0.05

# Relevance feedback [0007-relevance-feedback, 0004-feedback-weighs-80-words].

#: Pages that count as relevant; of few pages at most half.
FEEDBACK_PAGES = 10
#: Terms that are taken from them.
FEEDBACK_TERMS = 20
#: Terms whose document frequency is looked up to choose those, of the most relevant pages: each costs a look-up.
MAX_SHARED_TERMS = 80
#: Share of feedback in the refined query, 0 to 1, when it is certain which page is the best
#: [0008-feedback-by-how-sure-the-first-page-is].
FEEDBACK_WEIGHT = 0.3
#: Share below which a statement is not worth its time: it moves hardly a page.
MIN_FEEDBACK_WEIGHT = 0.03

# The cut-off [0010-calibrated-cut-off]. Evidence is measured in nearness: 0 is noise, 1 a page's own title.

#: Quantile of the similarities of queries about nothing that is taken as the background similarity.
BACKGROUND_QUANTILE = 0.95
#: Quantile of the similarities of pages to their own titles that is taken as the title similarity: the median.
TITLE_QUANTILE = 0.5
#: Evidence of a page with every term of the query.
COVERAGE_WEIGHT = 1.5
#: Evidence of a query whose terms are all known on the site: unknown words are a sign of another subject.
KNOWN_WEIGHT = 0.5
#: Least nearness of a page with a term of the query: what a model makes of a language that it does not know may not
#: outvote the very word.
LEAST_NEARNESS = -0.5
#: Distance between noise and a title, as a share of that between noise and the very same text, from which on a model
#: does not know the language of the site.
BLIND_DISTANCE = 0.1
#: Evidence of a page without a term of the query where the model is blind: words are all the evidence there is.
BLIND_EVIDENCE = -10.0
#: Evidence taken away per tenfold rank: fewer of the pages further down answer the query.
RANK_WEIGHT = 0.2
#: Evidence taken away per tenfold size of the site: a larger one knows more words by chance.
SIZE_WEIGHT = 0.1
#: Pages of a site for which nothing is taken away.
ORDINARY_SIZE = 1000
#: Least distance between noise and a title, as a share of that between noise and the very same text: a title that is a
#: name or a code says little of its page.
MIN_TITLE_DISTANCE = 0.5
#: Share of the threshold that is asked of a page where no terms can be evidence, as in a query of stop words.
THRESHOLD_WITHOUT_TERMS = 0.5

#: What a corrected word counts as a known one, 0 to 1: it may not be what was meant.
CORRECTED_KNOWN = 0.5

# Passages.

#: Terms of a query that are looked for in each chunk: the heaviest.
MAX_PASSAGE_TERMS = 32
#: Chunks of a page that are compared to find its passage: those nearest to the query.
MAX_PASSAGES = 30

# Spelling [0011-spelling-from-the-sites-vocabulary, 0077-a-real-word-is-never-replaced]. Errors are counted in letters.

#: Words of a query that no page has which are looked at, at most.
MAX_CORRECTIONS = 3
#: Terms looked at for each of them.
MAX_SPELLINGS = 12
#: Errors that one may have more than the likeliest to be looked at.
LESS_LIKELY = 1.25
#: Ways to read it as two words, looked at for each of them.
MAX_SPLITS = 2
#: Terms kept in memory: the most frequent ones, some 10 MB.
VOCABULARY_SIZE = 100_000
#: Letters of the shortest word that is corrected.
SHORTEST_WORD = 4
#: Letters of the shortest word that a longer one may be made of.
SHORTEST_PART = 3
#: The same in languages that write compounds as one word, where no page has the two side by side.
SHORTEST_COMPOUND_PART = 4
#: Two neighbouring letters swapped count as so many errors.
SWAPPED_LETTERS = 0.6
#: A letter doubled, or not, counts as so many.
DOUBLED_LETTER = 0.5
#: One vowel in place of another counts as so many.
OTHER_VOWEL = 0.75
#: Errors that a word may have, by its number of letters, where a list of the language's words does not have it.
MOST_ERRORS = ((4, 1.0), (7, 1.5), (10, 2.0))
#: The same where that cannot be told, so that it may be a word.
MOST_ERRORS_UNLISTED = ((4, 0.6), (8, 1.0))
#: Letters from which a term may have two, and three, errors of any kind to be looked at closely.
TWO_ERRORS_FROM = 5
THREE_ERRORS_FROM = 9
#: Last letters of a word that the stemmer may have changed.
CHANGED_LETTERS = 2
#: Letters that a stemmer may have left on a misspelt ending.
LONGEST_ENDING = 4
#: What each letter of such an ending counts, to tell terms apart.
CUT_LETTER = 0.05
#: What another first letter counts, to tell words apart.
OTHER_FIRST_LETTER = 0.5
#: What a tenfold number of pages counts for a word, to tell words apart.
SPELLING_POPULARITY = 0.2

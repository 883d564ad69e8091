"""Every number that moves a result, each with its unit, its effect and where it was measured."""

# BM25, the keyword side (Robertson and Zaragoza 2009, with their usual values; decision 2).

#: How soon a repeated term stops counting, in occurrences: at ``tf = K1`` a term of an average page has half its most.
K1 = 1.2

#: How much longer pages are held back: 0 not at all, 1 in proportion to their length.
B = 0.75

#: Occurrences that one in the title, or in other important text, counts as.
TITLE_WEIGHT = 2

#: Share by which the average length of a page may move away from the one that the stored weights were computed with.
#: Beyond it the keyword side is written again.
MAX_LENGTH_DRIFT = 0.1

# Calibration: what the similarities of a model mean on this site (decision 10).

#: Quantile of the similarities of queries about nothing that is taken as the background similarity.
BACKGROUND_QUANTILE = 0.95

#: Quantile of the similarities of pages to their own titles that is taken as the title similarity: the median.
TITLE_QUANTILE = 0.5

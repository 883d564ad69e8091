"""Words of a query that no page has: typing errors become words of the site, compounds the words they are made of.

A word that people use stays as it is, and what is embedded is always what was typed.

correction  what becomes of such a word, and the statement that shows it as a page has it: start here
reading     the ways to read one, and which of them it is
vocabulary  the terms of the site, in memory
errors      how far what was typed is from a word
"""

from .correction import correct_words
from .vocabulary import forget_vocabularies

__all__ = ["correct_words", "forget_vocabularies"]

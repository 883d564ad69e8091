"""Arrays of text in the binary form that PostgreSQL reads."""

import pytest
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import Format

from wagtail_vector_search.database.arrays import text_array_binary


@pytest.mark.parametrize("texts", [[], ["boat"], ["boat", "été", "", "東京", "a" * 500]])
def test_an_array_is_written_as_psycopg_writes_it(texts):
    transformer = Transformer()
    transformer.set_dumper_types([1009], Format.BINARY)  # text[]
    (expected,) = transformer.dump_sequence([texts], [PyFormat.BINARY])
    assert text_array_binary(texts) == expected

"""No key, password or content gets through an error message; the explanation does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.providers.redaction import MAX_LENGTH, redact

SECRETS = [
    ("Incorrect API key provided: sk-proj-Ab3dE5fG7hI9jK1l. See the docs.", "sk-proj-Ab3dE5fG7hI9jK1l"),
    ("Incorrect API key provided: sk-Ab3dE***********jK1l.", "sk-Ab3dE***********jK1l"),
    ("key gsk_abcdefGHIJKL0123 is revoked", "gsk_abcdefGHIJKL0123"),
    ("hf_AbCdEfGhIjKlMn rejected", "hf_AbCdEfGhIjKlMn"),
    ("googleapis: AIzaSyA-1234567890abcdefgHIJ invalid", "AIzaSyA-1234567890abcdefgHIJ"),
    ("header Authorization: Bearer abc.def-123456", "abc.def-123456"),
    ('{"Authorization": "Bearer abcdef123456"}', "abcdef123456"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("GET https://api.example.com/v1?key=topsecret&model=m", "topsecret"),
    ('{"api_key": "topsecret", "model": "m"}', "topsecret"),
    ("{'x-api-key': 'topsecret'}", "topsecret"),
    ("COHERE_API_KEY=topsecret is wrong", "topsecret"),
    ("password: hunter2", "hunter2"),
    ("cannot reach https://alice:hunter2@models.example.com:8443/embed", "hunter2"),
    ("cannot reach http://topsecret@models.example.com/", "topsecret"),
    ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1 expired", "eyJhbGciOiJIUzI1NiJ9"),
    ("subscription 0123456789abcdef0123456789abcdef denied", "0123456789abcdef0123456789abcdef"),
]

HARMLESS = [
    "This model's maximum context length is 8192 tokens, however you requested 9000 tokens.",
    "Rate limit reached for text-embedding-3-small in organization on tokens per min: Limit 1000000.",
    'llm has no embedding model "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2".',
    "[Errno 113] No route to host",
    "Host is unreachable",
    "Request 7f3c2d10-8a4b-4a53-9f0e-2f1a3b4c5d6e failed",
    "埋め込みサービスに接続できません。",
]


@pytest.mark.parametrize(("message", "secret"), SECRETS)
def test_a_secret_is_removed(message, secret):
    assert secret not in redact(message)
    assert "[removed]" in redact(message)


@pytest.mark.parametrize(("message", "secret"), SECRETS)
def test_a_secret_is_removed_from_the_middle_of_a_long_message(message, secret):
    assert secret not in redact(f"{'é' * 3000} {message} {'é' * 3000}")


@pytest.mark.parametrize("message", HARMLESS)
def test_an_explanation_is_left_whole(message):
    assert redact(message) == message


def test_what_surrounds_a_secret_is_kept():
    assert (
        redact('401 for model m: "api_key=abc" refused, see {"detail": "unknown key"}')
        == '401 for model m: "api_key=[removed]" refused, see {"detail": "unknown key"}'
    )


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("cannot reach https://alice:hunter2@models.example.com:8443/embed?dims=3.", "cannot reach [removed]."),
        ("Client error '401' for url 'https://embedder.internal/v1'", "Client error '401' for url '[removed]'"),
        ("HTTPConnectionPool(host='10.0.0.5', port=11434)", "HTTPConnectionPool(host=[removed], port=11434)"),
        ("HTTPConnectionPool(host='embedder', port=80)", "HTTPConnectionPool(host=[removed], port=80)"),
        ("Cannot connect to host embedder.internal:8080", "Cannot connect to host [removed]"),
        ("Connect call failed ('10.0.0.5', 8080)", "Connect call failed ('[removed]', 8080)"),
        ("connection to 10.0.0.5:8080 refused", "connection to [removed] refused"),
    ],
)
def test_the_address_of_a_service_is_removed(message, said):
    assert redact(message) == said


@pytest.mark.parametrize(
    "message",
    [
        "cannot embed 'HIV test near me'",
        "cannot embed 'HIV TEST NEAR ME'",
        "cannot embed 'HIV test...'",
        'cannot embed {"input": ["HIV test near me"]}',
        "GET /embed?q=HIV+test+near+me failed",
        "GET /embed?q=HIV%20test%20near%20me failed",
    ],
)
def test_a_query_is_removed_however_it_is_quoted(message):
    said = redact(message, texts=["HIV test near me"])
    assert "hiv" not in said.lower()
    assert said.startswith(message[:4])


def test_a_short_query_is_removed_where_it_is_a_word():
    assert redact("cannot embed 'HIV': archive", texts=["HIV"]) == "cannot embed '[removed]': archive"


def test_a_query_in_another_script_is_removed_from_json():
    assert "\\u" not in redact(r'{"input": "\u79c1\u5bc6\u306e\u8cea\u554f"}', texts=["私密の質問"])


def test_a_known_secret_is_removed_whatever_it_looks_like():
    assert redact("user-chosen was refused", secrets=["user-chosen"]) == "[removed] was refused"


def test_a_quoted_text_is_removed():
    assert redact("cannot embed 'hr problems'", texts=["hr problems"]) == "cannot embed '[removed]'"


def test_a_part_of_a_long_text_is_removed():
    text = "The merger with Initech will be announced on Friday, at noon, by the board."
    said = redact(f"input too long: '{text[4:45]}...' has 9 tokens", texts=["other text", text])
    assert said == "input too long: '[removed]...' has 9 tokens"


def test_parts_of_several_texts_are_removed():
    texts = [f"Confidential paragraph number {number} of the report" for number in range(3)]
    said = redact(" | ".join(["first", texts[2][3:], "then", texts[0][:-2], "end"]), texts=texts)
    assert said == "first | [removed] | then | [removed] | end"


def test_words_that_message_and_text_share_by_chance_are_kept():
    message = "maximum context length exceeded"
    assert redact(message, texts=["The maximum length of a context is a matter of taste."]) == message


def test_a_long_multibyte_message_is_kept_whole():
    message = "数据库错误。" * 1000
    assert redact(message) == message


def test_a_message_without_end_is_cut():
    assert len(redact("é" * 10_000_000)) == MAX_LENGTH + 1


@pytest.mark.parametrize("piece", ["a-", "key-", "eyJ-", "://", "Bearer ", "0a", "key=", "sk-", " ", "\n", "a_"])
def test_a_hostile_message_is_cut_before_it_is_searched(piece):
    assert len(redact(piece * (20_000_000 // len(piece)))) <= MAX_LENGTH + 1


@given(st.text(), st.text(min_size=8), st.text())
def test_a_known_secret_never_remains(before, secret, after):
    said = redact(f"{before}{secret}{after}", secrets=[secret])
    assert secret not in said or secret in "[removed]"


@pytest.mark.parametrize("character", ["e\u0301", "\N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL}", "\u0915\u093f"])
def test_a_message_is_not_cut_within_a_character(character):
    for shift in range(len(character)):
        said = redact("x" * (MAX_LENGTH - shift) + character * 3)
        assert said == "x" * (MAX_LENGTH - shift) + "…"

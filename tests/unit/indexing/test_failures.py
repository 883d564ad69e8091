"""What is kept of an error."""

from wagtail_vector_search.indexing.failures import describe_failure


def raised(error):
    try:
        raise error
    except Exception as exc:
        return exc


def test_type_message_and_place_are_told():
    told = describe_failure(raised(ValueError("no such thing")))
    assert told.startswith("ValueError: no such thing (test_failures.py, line ")


def test_keys_are_not_told():
    assert "abcdefgh" not in describe_failure(raised(ValueError("https://x/?api_key=sk-abcdefgh12345678")))


def test_page_text_is_not_told():
    text = "The treasure lies under the old oak by the river."
    assert "treasure" not in describe_failure(raised(ValueError(f"cannot embed: {text}")), [text])


def test_any_language_is_kept_whole():
    message = "Ошибка: 嵌入失败 🚢 " * 50
    assert message.strip() in describe_failure(raised(ValueError(message)))


def test_what_a_database_refuses_is_left_out():
    assert "\x00" not in describe_failure(raised(ValueError("a\x00b\ud800")))

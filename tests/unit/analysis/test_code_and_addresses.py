"""Names of code, web and e-mail addresses are found whole and by their parts."""

import pytest

from tests.matching import cases, finds

NAMES = cases(
    ("snake_case_name", "snake", "case", "snake_case_name", "snake case name", "case_name"),
    ("StreamField", "stream", "field", "streamfield", "stream field", "stream_field", "StreamField"),
    ("HTTPServer", "http", "server", "httpserver", "http server"),
    ("os.path.join", "os.path", "path", "join", "os.path.join"),
    ("std::vector", "vector", "std::vector"),
    ("node.js", "node.js", "nodejs", "node"),
    ("__init__", "init", "__init__"),
    ("getElementById", "element", "get element", "getelementbyid"),
    ("obj->method", "method"),
    ("WiFi", "wifi", "wi-fi", "wi fi"),
    ("iPhone", "iphone"),
    ("a.b.Class", "class"),
)

ADDRESSES = cases(
    (
        "https://www.money-advice.example.org/en/pensions",
        "pensions",
        "money-advice",
        "example.org",
        "www.money-advice.example.org",
        "https://www.money-advice.example.org/en/pensions",
    ),
    ("allocations@town.example.org", "allocations@town.example.org", "allocations", "town.example.org", "town"),
    ("/etc/passwd", "passwd", "/etc/passwd", "etc"),
    ("C:\\Windows\\System", "windows", "system"),
    ("example.org/find?q=bread", "bread"),
    ("mailto:a.b@c.example", "a.b@c.example"),
)


@pytest.mark.parametrize(("text", "query"), NAMES)
def test_a_name_of_code_is_found_whole_and_by_its_parts(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), ADDRESSES)
def test_an_address_is_found_whole_and_by_its_parts(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("allocations@town.example.org", "lettings@town.example.org"),
        ("os.path.join", "os.path.split"),
    ],
)
def test_another_address_is_not_found(text, query):
    assert not finds(query, text)

"""Keys, passwords and addresses are told from other options."""

import pytest

from wagtail_vector_search.generations.private import (
    address_digest,
    only_private,
    with_private,
    without_private,
)

OPTIONS = {
    "api_key": "sk-1",
    "Authorization": "Bearer x",
    "headers": {"x-token": "t", "accept": "json"},
    "base_url": "https://user:pass@example.org",
    "service": "redis://example.org",
    "max_batch_tokens": 5,
    "document_prefix": "passage: ",
}


def test_private_options_are_left_out_at_every_depth():
    assert without_private(OPTIONS) == {
        "headers": {"accept": "json"},
        "max_batch_tokens": 5,
        "document_prefix": "passage: ",
    }


def test_plain_and_private_options_together_are_all_options():
    assert with_private(without_private(OPTIONS), only_private(OPTIONS)) == OPTIONS


@pytest.mark.parametrize("name", ["key", "API_KEY", "auth_token", "client_secret", "password", "credentials"])
def test_secrets_are_known_by_their_names(name):
    assert without_private({name: "x"}) == {}


@pytest.mark.parametrize("name", ["url", "base_url", "api_base", "endpoint", "host", "proxy"])
def test_addresses_are_known_by_their_names(name):
    assert without_private({name: "example.org"}) == {}


def test_what_json_cannot_keep_is_kept_as_text():
    assert without_private({"kind": bytes}) == {"kind": "<class 'bytes'>"}


def test_a_digest_tells_addresses_apart_and_nothing_else():
    assert address_digest({"batch_size": 5, "key": "sk-1"}) == ""
    assert address_digest(OPTIONS) == address_digest({**OPTIONS, "api_key": "sk-2"})
    assert address_digest(OPTIONS) != address_digest({**OPTIONS, "base_url": "https://example.com"})
    assert "example" not in address_digest(OPTIONS)

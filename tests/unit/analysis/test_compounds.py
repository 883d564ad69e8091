"""Words with hyphens, slashes and dashes are found apart, joined, and with any sign between them."""

import pytest

from tests.matching import cases, finds

HYPHENS = cases(
    ("Annual report 2019-2020", "2019", "2020", "2019-2020", "2019 2020", "2019/2020", "annual report 2020"),
    ("Boeing 737-800 cabin", "737", "800", "737 800", "737-800", "737800", "boeing 737 800"),
    ("COVID-19", "covid", "19", "covid19", "covid 19", "covid-19"),
    ("P-8A Poseidon", "p8a", "p-8a", "p 8a", "poseidon 8a"),
    ("Send us an e-mail", "email", "e-mail", "e mail", "mail"),
    ("Re-use shop", "reuse", "re-use"),
    ("Co-operative housing", "cooperative housing", "cooperatives"),
    ("Take-away food", "takeaway", "take away"),
    ("Multi-storey", "multistorey", "multi storey"),
    ("State-of-the-art lab", "state-of-the-art", "stateoftheart", "art lab"),
    ("Wi-Fi", "wifi", "wi fi", "WIFI"),
)

SLASHES = cases(
    ("Client/server basics", "client", "server", "client server", "client/server", "client-server", "server basics"),
    ("TCP/IP settings", "tcp", "ip", "tcp/ip", "TCP IP"),
    ("Companions/carers", "companion", "carers"),
    ("Lunch/dinner menu", "dinner menu"),
    ("Council tax bands 2024/25", "2024", "2024/25", "2024-25", "25"),
    ("tenant/landlord", "landlord", "tenant"),
    ("terms / conditions", "conditions", "terms/conditions"),
    ("and/or", "and/or"),
)

DASHES = cases(
    ("self‐employed", "self-employed", "self employed", "selfemployed"),
    ("wheel‑chair", "wheelchair", "wheel-chair", "wheel chair"),
    ("2019–20", "2019-20", "2019", "2019–20"),
    ("Berlin–Paris", "berlin-paris", "berlin", "paris", "berlin−paris"),
    ("gearbox—lubricated", "gearbox", "lubricated"),
    ("well‒being", "wellbeing", "well-being"),
    ("full－width", "full-width"),
    ("“marmalade”", "marmalade"),
    ("•thimble", "thimble"),
    ("«école»", "ecole"),
    ("Frobnicol®", "frobnicol"),
)

WRITTEN_AS_ONE = cases(
    ("Headtorch", "head torch", "head-torch", "headtorch"),
    ("Startup loans", "start-up", "start up", "startup"),
    ("Carpool lane", "car pool"),
    ("Login", "log in", "log-in"),
)


@pytest.mark.parametrize(("text", "query"), HYPHENS)
def test_a_compound_with_hyphens_is_found_apart_and_joined(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), SLASHES)
def test_words_with_a_slash_are_found_apart_and_joined(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), DASHES)
def test_every_dash_and_quotation_mark_is_the_same(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), WRITTEN_AS_ONE)
def test_a_word_is_found_by_its_parts_side_by_side(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Boeing 737-700", "737-800"),
        ("Headtorch", "head lamp"),
        ("Inform us", "in form"),
        ("2021-2022", "2020"),
    ],
)
def test_parts_that_are_not_there_are_not_found(text, query):
    assert not finds(query, text)

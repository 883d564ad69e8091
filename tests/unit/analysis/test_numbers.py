"""Numbers, dates, versions, telephone numbers, postcodes and codes of products, however they are grouped."""

import pytest

from tests.matching import cases, finds

NUMBERS = cases(
    ("1,000,000", "1000000", "1,000,000"),
    ("1000000", "1,000,000"),
    ("1.000.000", "1000000"),
    ("3.14", "3.14", "3,14"),
    ("3,14", "3.14"),
    ("185°C", "185", "185 c"),
    ("€1799", "1799", "€1799"),
    ("50%", "50", "50%"),
    ("40 m²", "40 m2", "40m2", "m2"),
    ("page 1-123", "123", "page 123"),
    ("room-12", "12", "room 12"),
    ("20×30", "20x30", "20 x 30"),
    ("20x30", "20×30"),
    ("3.5mm", "3.5mm", "3.5 mm", "3.5"),
    ("H₂O", "h2o"),
    ("١٢٣", "123"),
    ("１２３", "123"),
)

DATES_AND_VERSIONS = cases(
    ("31.12.2024", "2024", "31.12.2024", "31/12/2024", "31.12."),
    ("2024-12-31", "2024-12-31", "2024", "2024-12"),
    ("Version 7.4.1", "7.4", "7.4.1", "v7.4.1", "v7.4", "V7.4.1"),
    ("v7.4.1", "7.4", "7.4.1", "v7.4"),
    ("Python 3.12", "python 3.12", "3.12"),
)

TELEPHONES = cases(
    ("020 7946 0958", "020-7946-0958", "02079460958", "(020) 7946 0958", "020.7946.0958", "7946 0958"),
    ("020-7946-0321", "020 7946 0321", "02079460321", "7946 0321"),
    ("(020) 7946 0958", "020 7946 0958", "02079460958"),
    ("020 7946 0958", "+442079460958"),
    ("+44 20 7946 0958", "020 7946 0958", "02079460958", "+44 20 7946 0958"),
    ("02079460958", "+442079460958", "020 7946 0958"),
)

POSTCODES_AND_CODES = cases(
    ("LE5 2EL", "le52el", "le5 2el", "le5-2el", "LE5"),
    ("Part AB-1234", "1234", "ab1234", "AB 1234", "AB.1234", "ab/1234", "AB_1234"),
    ("Part AB1234", "1234", "AB 1234", "ab-1234"),
    ("AB.1234/C", "1234", "ab.1234/c", "AB1234", "ab1234c", "AB 1234"),
    ("iFP5550-BUN", "ifp5550bun", "ifp5550", "ifp 5550", "ifp5550-bun"),
    ("M8 x 40", "m8", "m8x40"),
    ("M8x40", "m8", "m8 x 40"),
    ("DS-7604", "7604", "ds7604", "DS-7604"),
    ("SA-100", "sa100", "sa 100"),
    ("SA100", "sa-100", "sa 100"),
    ("UTF-8", "utf8"),
    ("utf8", "utf-8"),
    ("COVID19", "covid-19"),
)


@pytest.mark.parametrize(("text", "query"), NUMBERS)
def test_a_number_is_found_however_it_is_grouped(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), DATES_AND_VERSIONS)
def test_dates_and_versions_are_found_by_their_beginnings(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), TELEPHONES)
def test_a_telephone_number_is_found_however_it_is_written(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("text", "query"), POSTCODES_AND_CODES)
def test_postcodes_and_codes_are_found_with_and_without_spaces(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("020 8946 0958", "02079460958"),
        ("AB-1243", "1234"),
        ("1,000", "10000"),
        ("10.01", "1001"),
    ],
)
def test_another_number_is_not_found(text, query):
    assert not finds(query, text)

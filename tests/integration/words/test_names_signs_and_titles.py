"""Titles of small words, names that are small words, signs, accents, ligatures: the page that is meant comes first."""

import pytest

from tests.kept import kept

pytestmark = pytest.mark.django_db

PAGES = [
    ("Who we are", "The people behind the council, and what they do all day."),
    ("What we do", "Schools, streets, parks and everything between."),
    ("It\u2019s on", "Concerts and plays of this summer."),
    ("How to", "Small guides to many subjects."),
    ("The The", "A band of the eighties plays in the hall."),
    ("The Who", "A band of the sixties plays in the hall."),
    ("Here and now", "News of the day."),
    ("Will Young", "The singer opens the summer fair."),
    ("Young people", "What young people will like: clubs, sports and holidays for the young."),
    ("IT support", "Help with computers, printers and telephones of the office."),
    ("IT policies", "Rules for computers and passwords."),
    ("Support for carers", "It is hard to look after a person. We support you."),
    ("Support plans", "How we plan the support that you get, and when it begins."),
    ("Support us", "Give money or time to support it."),
    ("Other policies", "It is here that you find our policies on noise, dogs and trees."),
    ("River Don", "Walks along the Don and its weirs."),
    ("C++ for beginners", "Classes, templates and pointers."),
    ("C# for beginners", "Classes, events and generics."),
    ("F# for beginners", "Functions, types and pipes."),
    (".NET upgrade", "We move our programs to the new release."),
    ("Fishing net repair", "Mend a net, buy a net, sell a net."),
    ("Net income", "Income after tax is net income."),
    ("Grade C explained", "C is a pass. C means that you know the basics."),
    ("Vitamin C in winter", "Vitamin C keeps you well: eat C."),
    ("AT&T roaming", "Phone calls abroad with AT&T."),
    ("R&D tax relief", "Companies that do research pay less."),
    ("Research grants", "Development of products and research are paid for. Tax is due."),
    ("Q&A with the mayor", "Ask what you like on Friday."),
    ("B&Q opens", "A shop for tools and paint."),
    ("DNS-over-HTTPS (DoH) FAQs", "Names of computers, looked up in secret."),
    ("DNS explained", "DNS and HTTPS: how names of computers are looked up, over and over. FAQs on DNS over HTTPS."),
    ("Housing", "Find a home, or have yours repaired."),
    ("Housing benefit and housing advice", "Housing costs: housing benefit for housing of any kind. Housing advice."),
    ("Council housing repairs", "Housing repairs in council housing: who repairs housing, and when."),
    ("Events", "What is on this month."),
    ("Events for families: an event a day", "Events, events and events for children."),
    ("Tax", "All about it."),
    ("Tax on second homes", "Tax for owners: tax rates and tax rules."),
    ("Jos\u00e9 Mu\u00f1oz joins the board", "He has run the harbour for ten years."),
    ("\u0141\u00f3d\u017a workshop", "Weaving in a city of mills."),
    ("Writing workshop", "Stories and poems on Thursdays."),
    ("Caf\u00e9 with playground", "Cakes for parents, swings for children."),
    ("Z\u00fcrich office", "Our branch by the lake."),
    ("R\u00e9sum\u00e9 clinic", "We read what you send to employers."),
    ("Na\u00efve Bayes", "A simple way to sort texts."),
    ("Cr\u00e8me br\u00fbl\u00e9e for twelve", "Cream, eggs and burnt sugar."),
    ("How our pro\ufb01t is spent", "On roads and on schools."),
    ("A \ufb02ow chart of complaints", "Who reads your letter, step by step."),
    ("E\ufb03cient heating", "Save gas and money."),
    ("Parking o\ufb03cers", "They walk the streets and write tickets."),
    ("O\u2019Brien Gallery", "Paintings of the coast."),
    ("The children\u2019s library", "Picture books and puppets."),
    ("Levi\u2019s trousers", "Blue cotton since 1873."),
    ("M\u00fcller Bakery", "Bread from the oven of Mr M\u00fcller."),
    ("J\u00fcrgen B\u00f6hm", "Our man for bridges."),
    ("Flat of 40 m\u00b2", "Two rooms with a balcony."),
    ("Money advice", "See https://www.money-advice.example.org/en/pensions for more."),
    ("Allocations", "Write to allocations@town.example.org about homes."),
    ("Lettings", "Write to lettings@town.example.org about shops."),
    ("Diyarbak\u0131r, our twin town", "Walls of black stone in Turkey."),
]


@pytest.fixture(autouse=True)
@kept
def site(build_site):
    build_site(PAGES)


def test_titles_of_small_words(missed):
    titles = ["Who we are", "What we do", "It\u2019s on", "How to", "The The", "The Who", "Here and now"]
    assert not missed(*((title, title, title.lower(), title.upper()) for title in titles))


def test_names_that_are_small_words(missed):
    assert not missed(
        ("IT support", "it support", "IT support", "IT Support"),
        ("IT policies", "it policies", "IT policies"),
        ("Will Young", "will young", "Will Young"),
        ("The Who", "the who"),
        ("River Don", "don", "river don", "the don"),
    )


def test_capitals_make_a_name_of_a_small_word(search):
    for backend in ("keyword", "hybrid"):
        assert set(search("IT", backend)[:2]) == {"IT support", "IT policies"}


def test_signs(missed):
    assert not missed(
        ("C++ for beginners", "c++", "C++", "C++ classes"),
        ("C# for beginners", "c#", "C#"),
        ("F# for beginners", "f#"),
        (".NET upgrade", ".net", ".NET", ".NET programs"),
    )


def test_ampersands(missed):
    assert not missed(
        ("AT&T roaming", "AT&T", "AT&T roaming", "at & t", "at&t"),
        ("R&D tax relief", "R&D", "r & d", "R&D tax relief", "R and D tax relief"),
        ("Q&A with the mayor", "Q&A", "q & a"),
        ("B&Q opens", "B&Q", "b&q", "b & q"),
    )


def test_exact_titles(missed):
    doh = "DNS-over-HTTPS (DoH) FAQs"
    assert not missed(
        (doh, doh, doh.lower(), "dns over https doh faqs", "DNS over HTTPS (DoH) FAQs ", "dns-over-https doh faqs"),
        ("Housing", "housing", "Housing", " HOUSING "),
        ("Events", "events", "Events"),
        ("Tax", "tax", "Tax"),
    )


def test_accents_typed_or_not(missed):
    assert not missed(
        ("Jos\u00e9 Mu\u00f1oz joins the board", "jose", "munoz", "jose munoz", "jos\u00e9 mu\u00f1oz", "Jose\u0301"),
        ("\u0141\u00f3d\u017a workshop", "lodz", "lodz workshop", "\u0142\u00f3d\u017a"),
        ("Caf\u00e9 with playground", "cafe", "caf\u00e9"),
        ("Z\u00fcrich office", "zurich", "zuerich", "zurich office"),
        ("R\u00e9sum\u00e9 clinic", "resume", "resume clinic"),
        ("Na\u00efve Bayes", "naive bayes"),
        ("M\u00fcller Bakery", "mueller", "muller", "m\u00fcller"),
        ("J\u00fcrgen B\u00f6hm", "juergen boehm", "jurgen bohm", "boehm"),
        ("Diyarbak\u0131r, our twin town", "diyarbakir", "diyarbak\u0131r"),
    )


def test_ligatures(missed):
    assert not missed(
        ("How our pro\ufb01t is spent", "profit", "pro\ufb01t"),
        ("A \ufb02ow chart of complaints", "flow", "flow chart"),
        ("E\ufb03cient heating", "efficient", "efficient heating"),
        ("Parking o\ufb03cers", "parking officers", "parking o\ufb03cer"),
        ("Flat of 40 m\u00b2", "40 m2", "m2", "40m2", "40 m\u00b2"),
    )


def test_apostrophes(missed):
    assert not missed(
        ("O\u2019Brien Gallery", "o'brien", "obrien", "O\u2019Brien", "brien"),
        ("The children\u2019s library", "children's library", "childrens library", "children\u2019s"),
        ("Levi\u2019s trousers", "levis", "levi's", "levi"),
    )


def test_addresses(missed):
    assert not missed(
        (
            "Money advice",
            "pensions",
            "www.money-advice.example.org",
            "https://www.money-advice.example.org/en/pensions",
        ),
        ("Allocations", "allocations@town.example.org"),
        ("Lettings", "lettings@town.example.org"),
    )

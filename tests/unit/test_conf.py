import pytest

from wagtail_vector_search.analysis import Analyzer, get_analyzer
from wagtail_vector_search.conf import IndexSettings, get_all_index_settings, get_index_settings
from wagtail_vector_search.exceptions import SettingsError


def test_one_index_with_defaults_is_there_without_the_setting(settings):
    del settings.WAGTAIL_VECTOR_SEARCH
    assert get_all_index_settings() == [IndexSettings()]


def test_keys_become_typed_fields(settings):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"MODEL": "tiny", "CHUNK_WORDS": 50, "PAGE_TYPES": ["blog.BlogPage"]}}
    entry = get_index_settings()
    assert (entry.model, entry.chunk_words, entry.page_types) == ("tiny", 50, ("blog.BlogPage",))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "must be a dictionary"),
        ({"default": []}, r'\["default"\] must be a dictionary'),
        ({"default": {"MODLE": "tiny"}}, 'unknown key "MODLE"'),
        ({"default": {"MODEL": 3}}, r'\["MODEL"\] must be a str'),
        ({"default": {"CHUNK_WORDS": "100"}}, r'\["CHUNK_WORDS"\] must be a number from 10 to 2000'),
        ({"default": {"CHUNK_WORDS": {}}}, r'\["CHUNK_WORDS"\] must be a number'),
        ({"default": {"SEMANTIC_WEIGHT": 1.5}}, r'\["SEMANTIC_WEIGHT"\] must be a number from 0 to 1'),
        ({"default": {"QUERY_DEADLINE": None}}, r'\["QUERY_DEADLINE"\] must be a number from 0 to 60'),
        ({"default": {"QUERY_CALLS_PER_MINUTE": -1}}, r'\["QUERY_CALLS_PER_MINUTE"\] must be a number from 0'),
        ({"default": {"CHUNK_WORDS": 20, "CHUNK_OVERLAP": 20}}, "less than CHUNK_WORDS"),
        ({"default": {"PAGE_TYPES": "blog.BlogPage"}}, r'\["PAGE_TYPES"\] must be a list'),
        ({"default": {"EMBED_DRAFTS": "yes"}}, r'\["EMBED_DRAFTS"\] must be True or False'),
        ({"default": {"PREVIOUS_PROVIDER": {"MODEL": "old"}}}, r'\["PREVIOUS_PROVIDER"\] has the unknown key "MODEL"'),
        ({"default": {"PREVIOUS_PROVIDER": {"OPTIONS": "key"}}}, r'\["PREVIOUS_PROVIDER"\] must hold'),
        ({"default": {"PREVIOUS_PROVIDER": "key"}}, r'\["PREVIOUS_PROVIDER"\] must be a mapping'),
        ({"default": {"ANALYZERS": "my_app.Own"}}, r'\["ANALYZERS"\] must be a mapping such as \{"cs": "my_app'),
        ({"default": {"TEXT_SEARCH_CONFIGS": {}}}, 'unknown key "TEXT_SEARCH_CONFIGS".*ANALYZERS'),
    ],
)
def test_a_wrong_setting_is_named_in_the_error(settings, value, message):
    settings.WAGTAIL_VECTOR_SEARCH = value
    with pytest.raises(SettingsError, match=message):
        get_all_index_settings()


def test_a_budget_may_be_without_limit(settings):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"QUERY_CALLS_PER_MINUTE": None}}
    assert get_index_settings().query_calls_per_minute is None


def test_an_unknown_index_lists_the_known_ones(settings):
    settings.WAGTAIL_VECTOR_SEARCH = {"news": {}, "default": {}}
    with pytest.raises(SettingsError, match=r"configured: default, news"):
        get_index_settings("blog")


class NoStems(Analyzer):
    def __init__(self, language_code, *, suffix=""):
        super().__init__(language_code)
        self.suffix = suffix

    def stem(self, word):
        return word + self.suffix


OWN = f"{__name__}.NoStems"


def stem(word, language_code, **analyzers):
    return get_analyzer(language_code, IndexSettings(analyzers=analyzers).analyzers).stem(word)


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "pages", "page"),
        ("en-gb", "pages", "page"),
        ("fr", "pages", "pag"),
        ("pt-br", "livros", "livr"),
        ("zh-hans", "pages", "pages"),
        ("xx", "pages", "pages"),
        ("", "pages", "pages"),
    ],
)
def test_the_analyzer_follows_the_language(language, word, expected):
    assert stem(word, language) == expected


def test_the_analyzer_of_a_language_can_be_chosen():
    assert stem("pages", "en", en=OWN) == "pages"
    assert stem("pages", "en-gb", en=OWN) == "pages"
    assert stem("pages", "en", fr=OWN) == "page"
    assert stem("pages", "en-gb", **{"en-gb": OWN}) == "pages"
    assert stem("pages", "en", **{"en-gb": OWN}) == "page"


def test_an_analyzer_may_have_options():
    assert stem("pages", "en", en={"ANALYZER": OWN, "OPTIONS": {"suffix": "x"}}) == "pagesx"


@pytest.mark.parametrize(
    ("configured", "message"),
    [
        ("my_app.search.CzechAnalyzer", r'"my_app.search.CzechAnalyzer" of ANALYZERS cannot be made: No module named'),
        (f"{__name__}.Absent", r"Absent.* of ANALYZERS cannot be made"),
        ("Absent", r'"Absent" of ANALYZERS cannot be made'),
        ({"ANALYZER": OWN, "OPTIONS": {"colour": "red"}}, r"cannot be made: .*colour"),
        ("datetime.date", r"cannot be made"),
        (f"{__name__}.stem", r"cannot be made|no subclass"),
        ("builtins.str", r'"builtins.str" of ANALYZERS is no subclass of wagtail_vector_search.analysis.Analyzer'),
    ],
)
def test_a_wrong_analyzer_is_named_in_the_error(configured, message):
    with pytest.raises(SettingsError, match=message):
        stem("pages", "en", en=configured)

"""wagtail-localize: pages that are translated by strings, and trees that are kept in step by aliases."""

import pytest
from wagtail.models import Locale, Page
from wagtail_localize.models import LocaleSynchronization, StringTranslation, TranslationSource
from wagtail_localize.operations import translate_object

from tests.ecosystem.truth import assert_index_tells_the_truth, found
from tests.testapp.models import ArticlePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def french(home):
    locale = Locale.objects.create(language_code="fr")
    home.copy_for_translation(locale)
    return locale


@pytest.fixture
def translated(make_article, build_index, french):
    """An article, and its copy in French, which no editor has translated yet."""
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    article.save_revision().publish()
    build_index()
    translate_object(article, [french])
    return article, article.get_translation(french)


def translate(page, locale, **strings):
    """Translate a page as a translator does, field by field, without publishing it."""
    source = TranslationSource.objects.get_for_instance(page)
    for segment in source.stringsegment_set.select_related("string", "context"):
        if text := strings.get(segment.context.path):
            StringTranslation.objects.update_or_create(
                translation_of=segment.string, locale=locale, context=segment.context, defaults={"data": text}
            )
    return source.translations.get(target_locale=locale)


def test_a_page_sent_for_translation_is_found_in_both_languages_by_the_words_of_its_source(translated, french):
    article, copy = translated
    assert copy.live
    assert set(found("caretaker")) == {article.pk, copy.pk}
    assert found("caretaker", locale=french) == [copy.pk]
    assert_index_tells_the_truth()


def test_by_a_setting_it_stays_a_draft_until_it_is_published(make_article, build_index, french, settings):
    settings.WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    build_index()
    translate_object(article, [french])
    assert not article.get_translation(french).live
    assert found("caretaker") == [article.pk]
    assert_index_tells_the_truth()


def test_a_published_translation_is_found_by_its_own_words(translated, french):
    article, copy = translated
    translate(article, french, introduction="Demandez au concierge.").save_target()
    assert found("concierge") == [copy.pk]
    assert found("caretaker") == [article.pk]
    assert_index_tells_the_truth()


def test_an_unpublished_draft_of_a_translation_changes_the_live_page_and_the_index_follows(translated, french):
    article, copy = translated
    translate(article, french, introduction="Demandez au gardien.").save_target(publish=False)
    assert ArticlePage.objects.get(pk=copy.pk).introduction == "Demandez au gardien."  # the live page
    assert found("gardien") == [copy.pk]
    assert_index_tells_the_truth()


def test_publishing_the_source_again_leaves_its_translations_as_they_are(translated):
    article, copy = translated
    article.introduction = "Ask the porter."
    article.save_revision().publish()
    assert found("porter") == [article.pk]
    assert found("caretaker") == [copy.pk]
    assert_index_tells_the_truth()


def test_a_page_of_a_tree_that_is_kept_in_step_is_found_in_that_language(make_article, build_index, home):
    french = Locale.objects.create(language_code="fr")
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    build_index()
    LocaleSynchronization.objects.create(locale=french, sync_from=home.locale)
    (alias,) = Page.objects.filter(locale=french, alias_of=article)
    assert found("caretaker", locale=french) == [alias.pk]
    assert found("caretaker", locale=home.locale) == [article.pk]
    assert_index_tells_the_truth()

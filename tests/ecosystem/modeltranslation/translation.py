from modeltranslation.decorators import register
from modeltranslation.translator import TranslationOptions

from .models import NewsPage


@register(NewsPage)
class NewsPageTranslation(TranslationOptions):
    fields = ("text",)

from django.http import HttpResponse
from django.urls import path
from wagtailcache.cache import nocache_page

from tests.urls import urlpatterns as site_urls
from wagtail_vector_search import search_pages


def search(request):
    pages = search_pages(request.GET["q"], backend="keyword")
    return HttpResponse("\n".join(f"{page.title}: {page.search_passage.text}" for page in pages))


urlpatterns = [path("search/", search), path("uncached/", nocache_page(search)), *site_urls]

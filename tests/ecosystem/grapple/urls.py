from django.urls import include, path
from grapple import urls as grapple_urls

from tests.urls import urlpatterns as site_urls

urlpatterns = [path("api/", include(grapple_urls)), *site_urls]

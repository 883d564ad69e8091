"""Wagtail's own addresses; nothing of them is visited, but pages ask for theirs."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [path("", include(wagtail_urls))]

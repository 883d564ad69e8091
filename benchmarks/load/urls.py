"""The addresses of the demo site, and one to publish at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from wagtail.models import Page

from testproject.urls import urlpatterns as of_the_demo


@csrf_exempt
def publish(request: HttpRequest, key: int) -> HttpResponse:
    """Publish a page with another title, as the admin does, inside the server."""
    page = Page.objects.get(pk=key).specific
    page.title = request.POST["title"]
    page.save_revision().publish()
    return HttpResponse(page.title)


urlpatterns = [path("load/publish/<int:key>/", publish), *of_the_demo]

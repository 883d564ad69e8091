"""The demo site's addresses, with Wagtail's API beside them."""

from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from testproject.urls import urlpatterns as site_urls

router = WagtailAPIRouter("api")
router.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [path("api/", router.urls), *site_urls]

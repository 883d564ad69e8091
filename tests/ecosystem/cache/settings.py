from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS, MIDDLEWARE

ROOT_URLCONF = "tests.ecosystem.cache.urls"
INSTALLED_APPS = ["wagtailcache", *INSTALLED_APPS]
MIDDLEWARE = [
    "wagtailcache.cache.UpdateCacheMiddleware",
    *MIDDLEWARE,
    "wagtailcache.cache.FetchFromCacheMiddleware",
]

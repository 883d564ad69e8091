"""The demo site as in production, with an address at which editors publish without a form."""

from __future__ import annotations

from testproject.settings import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.load.urls"

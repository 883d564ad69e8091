from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS

ROOT_URLCONF = "tests.ecosystem.grapple.urls"
INSTALLED_APPS = ["grapple", "graphene_django", *INSTALLED_APPS]
GRAPPLE = {"APPS": ["testapp"]}
GRAPHENE = {"SCHEMA": "grapple.schema.schema"}

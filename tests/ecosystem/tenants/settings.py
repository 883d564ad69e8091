from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import DATABASES
from tests.ecosystem.settings import INSTALLED_APPS as SITE_APPS

# What belongs to no tenant stands in the schema public, and none of this package's tables among it.
SHARED_APPS = ["django_tenants", "tests.ecosystem.tenants", "django.contrib.contenttypes"]
TENANT_APPS = SITE_APPS
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "tenants.Client"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"

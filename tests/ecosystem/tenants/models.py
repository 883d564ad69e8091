"""The tenants: each has a schema of its own in one database."""

from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    auto_drop_schema = True


class Domain(DomainMixin):
    pass

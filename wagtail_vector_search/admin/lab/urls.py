"""Addresses of the lab; each asks for the permission to use it."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.auth import permission_required

from ..deferred import deferred
from ..permissions import USE_LAB

may_use_lab = permission_required(USE_LAB)

urlpatterns: list[URLPattern] = [
    path("", may_use_lab(deferred(".lab.views", "LabView")), name="lab"),
    path("both/", may_use_lab(deferred(".lab.views", "both_view")), name="lab_both"),
    path("judgments/", may_use_lab(deferred(".lab.views", "judgments_view")), name="lab_judgments"),
    path("figures/", may_use_lab(deferred(".lab.views", "figures_view")), name="lab_figures"),
]

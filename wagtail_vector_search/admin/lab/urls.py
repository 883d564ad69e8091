"""Addresses of the lab; each asks for the permission to use it."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import LabView, both_view, figures_view, judgments_view, may_use_lab

urlpatterns: list[URLPattern] = [
    path("", may_use_lab(LabView.as_view()), name="lab"),
    path("both/", may_use_lab(both_view), name="lab_both"),
    path("judgments/", may_use_lab(judgments_view), name="lab_judgments"),
    path("figures/", may_use_lab(figures_view), name="lab_figures"),
]

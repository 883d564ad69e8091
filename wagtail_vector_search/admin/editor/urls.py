"""Addresses of the fragments that fill the panel."""

from __future__ import annotations

from django.urls import path

from .views import DraftQuestionView, DraftView, PageView, QuestionView

urlpatterns = [
    path("pages/<int:page_id>/", PageView.as_view(), name="editor_page"),
    path("pages/<int:page_id>/question/", QuestionView.as_view(), name="editor_question"),
    path("pages/<int:page_id>/draft/", DraftView.as_view(), name="editor_draft"),
    path("pages/<int:page_id>/draft/question/", DraftQuestionView.as_view(), name="editor_draft_question"),
]

"""Addresses of the fragments that fill the panel."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import path

from ..deferred import deferred

# A provider may take its time with a draft, and must not keep a transaction open meanwhile.
draft = non_atomic_requests(deferred(".editor.views", "DraftView"))
draft_question = non_atomic_requests(deferred(".editor.views", "DraftQuestionView"))

urlpatterns = [
    path("pages/<int:page_id>/", deferred(".editor.views", "PageView"), name="editor_page"),
    path("pages/<int:page_id>/question/", deferred(".editor.views", "QuestionView"), name="editor_question"),
    path("pages/<int:page_id>/draft/", draft, name="editor_draft"),
    path("pages/<int:page_id>/draft/question/", draft_question, name="editor_draft_question"),
]

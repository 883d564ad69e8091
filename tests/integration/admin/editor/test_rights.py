"""The panel is for users who may edit the page, and tells them nothing of pages that they may not see."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from .conftest import HARBOUR

NAMES = ["page", "question", "draft", "draft_question"]


@pytest.mark.parametrize("name", NAMES)
def test_a_user_who_may_not_edit_the_page_is_refused(make_article, hidden_section, build_index, editor, name):
    hidden = make_article("Secret plans", HARBOUR, parent=hidden_section)
    build_index()
    url = reverse(f"wagtail_vector_search:editor_{name}", args=[hidden.pk])
    for response in (editor.get(url), editor.post(url)):
        assert response.status_code in (302, 403)
        assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_visitor_is_sent_to_log_in(harbour, client, name):
    response = client.get(reverse(f"wagtail_vector_search:editor_{name}", args=[harbour.pk]))
    assert response.status_code == 302
    assert "/login/" in response.url


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_is_gone_is_not_found(editor, name):
    assert editor.get(reverse(f"wagtail_vector_search:editor_{name}", args=[10**9])).status_code == 404


def test_an_editor_learns_nothing_of_a_hidden_section(
    make_article, harbour, hidden_section, edit, build_index, show, ask, superuser, log_in
):
    for number in range(4):
        make_article(f"Secret plans {number}", HARBOUR, parent=hidden_section)
    make_article("Secret music", "Xylophones.", parent=hidden_section)
    build_index()
    edit(harbour, HARBOUR, "More of it.")
    views = {
        "page": show(harbour),
        "draft": show(harbour, "draft", method="post"),
        "question": ask(harbour, "xylophone"),
        "misspelt": ask(harbour, "xylofone"),
        "draft question": ask(harbour, "xylophone secret plans", draft=True),
    }
    for name, shown in views.items():
        assert "Secret" not in shown.replace("secret", ""), name
        assert "Appears word for word" not in shown, name
        # Three pages are to be seen: the home page, the section, and the article.
        assert not re.search(r"\d+ of ([4-9]|\d\d)", shown), name
        assert "Searched for" not in shown, name
    everything = show(harbour, client=log_in(superuser))
    assert "Secret plans" in everything
    assert "Appears word for word on 4 other pages" in everything

"""Where the panel is put into Wagtail's page editor, and what tells when Wagtail has changed there."""

from __future__ import annotations

import inspect

from django.urls import reverse
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView

from wagtail_vector_search.admin.editor.panel import SearchSidePanel, add_search_panel

PANEL = 'data-side-panel="wagtail_vector_search"'


def test_wagtail_still_asks_its_views_for_the_side_panels(client):
    for view in (EditView, CreateView):
        original = inspect.unwrap(view.get_side_panels)
        assert list(inspect.signature(original).parameters) == ["self"], "get_side_panels has changed: see panel.py"
        assert original.__module__ == view.__module__
    assert issubclass(MediaContainer, list)


def test_the_page_editor_has_the_panel_with_its_toggle(harbour, editor):
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[harbour.pk])).content.decode()
    assert html.count(PANEL) == 1
    assert 'data-side-panel-toggle="wagtail_vector_search"' in html
    assert f'data-wvs-editor-url-value="{reverse("wagtail_vector_search:editor_page", args=[harbour.pk])}"' in html
    assert "admin/editor.js" in html
    assert "admin/editor.css" in html


def test_a_page_that_is_being_created_has_a_panel_that_asks_to_save_it(section, editor):
    url = reverse("wagtailadmin_pages:add", args=["testapp", "articlepage", section.pk])
    html = editor.get(url).content.decode()
    assert PANEL in html
    assert "Save the page" in html


def test_a_page_that_was_created_has_a_panel_with_an_address(harbour, editor):
    url = reverse("wagtailadmin_pages:edit", args=[harbour.pk])
    html = editor.get(url, {"_w_hydrate_create_view": "1"}).content.decode()
    assert "data-wvs-editor-url-value" in html


def test_a_save_in_the_background_does_not_render_the_panel(harbour, editor):
    class View:
        expects_json_response = True
        get_side_panels = EditView.get_side_panels

    inspect.unwrap(View.get_side_panels)
    response = editor.post(
        reverse("wagtailadmin_pages:edit", args=[harbour.pk]),
        {"title": "Harbour", "slug": harbour.slug, "body-count": "0", "introduction": "", "category": ""},
        headers={"Accept": "application/json"},
    )
    assert "wvs-editor" not in response.content.decode()


def test_the_panel_is_there_once_however_often_it_is_added(harbour, editor):
    add_search_panel()
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[harbour.pk])).content.decode()
    assert html.count(PANEL) == 1


def test_a_view_of_a_project_that_inherits_has_the_panel(harbour, rf, superuser):
    class ProjectEditView(EditView):
        def get_side_panels(self):
            return super().get_side_panels()

    request = rf.get("/")
    request.user = superuser
    request.session = {}
    response = ProjectEditView.as_view()(request, page_id=harbour.pk)
    assert any(isinstance(panel, SearchSidePanel) for panel in response.context_data["side_panels"])


def test_a_wagtail_without_side_panels_is_noted_and_breaks_nothing(monkeypatch, caplog):
    monkeypatch.delattr(EditView, "get_side_panels")
    add_search_panel()
    assert "EditView has no get_side_panels" in caplog.text

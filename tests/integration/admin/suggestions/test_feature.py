"""What the tab needs of Wagtail's rich text editor: tells when Wagtail changes it."""

from pathlib import Path

import pytest
import wagtail.admin
from django.template.loader import get_template
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.rich_text import features

from wagtail_vector_search.admin.suggestions.feature import SCRIPT

ADMIN = Path(wagtail.admin.__file__).parent
SCRIPTS = ADMIN / "static" / "wagtailadmin" / "js"


def test_the_editor_loads_the_script_after_wagtails_own():
    scripts = str(DraftailRichTextArea(features=["link"]).media)
    assert 0 < scripts.index("draftail.js") < scripts.index(SCRIPT)
    assert scripts.index("page-chooser-modal.js") < scripts.index(SCRIPT)
    assert SCRIPT not in str(DraftailRichTextArea(features=["bold"]).media)


def test_the_editors_link_knows_where_suggestions_are_found():
    link = features.get_editor_plugin("draftail", "link")
    assert link.data["suggestedPages"]["url"] == "/admin/search-index/suggested-pages/"
    assert link.js.count(SCRIPT) == 1


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("draftail.js", "LinkModalWorkflowSource"),
        ("draftail.js", "getChooserConfig"),
        ("draftail.js", "PAGE_CHOOSER_MODAL_ONLOAD_HANDLERS"),
        ("page-chooser-modal.js", "PAGE_CHOOSER_MODAL_ONLOAD_HANDLERS"),
        ("page-chooser-modal.js", 'respond("pageChosen"'),
        ("modal-workflow.js", "postForm"),
        ("modal-workflow.js", "loadUrl"),
    ],
)
def test_wagtail_has_what_the_script_uses(script, name):
    assert name in (SCRIPTS / script).read_text()


def test_wagtails_chooser_has_the_list_that_the_tab_is_added_to(rf):
    template = get_template("wagtailadmin/chooser/_link_types.html")
    html = template.render({"allow_external_link": True, "current": "suggested"}, rf.get("/?allow_external_link=true"))
    assert '<p class="link-types">' in html
    assert "Internal link</a>" in html

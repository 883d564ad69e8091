"""Users of the admin see of Wagtail what they should, and axe is able to fail."""

import pytest
from playwright.sync_api import expect


def test_an_editor_with_few_rights_sees_one_section_without_serious_violations(few_rights, assert_accessible, narrow):
    few_rights.goto("/admin/pages/")
    expect(few_rights.locator("main")).to_contain_text("Text")
    assert_accessible(few_rights)
    narrow(few_rights)
    assert_accessible(few_rights)


def test_a_serious_violation_is_reported_with_its_place(many_rights, assert_accessible):
    many_rights.goto("/admin/reports/aging-pages/")
    assert_accessible(many_rights)
    many_rights.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x id=bad>')")
    with pytest.raises(AssertionError, match="#bad"):
        assert_accessible(many_rights)

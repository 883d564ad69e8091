import pytest
from django.utils.safestring import SafeString
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock
from wagtail.rich_text import RichText

from wagtail_vector_search.content import Section
from wagtail_vector_search.content.blocks import add_stream
from wagtail_vector_search.content.outline import Outline


class Card(blocks.StructBlock):
    card_title = blocks.CharBlock()
    text = blocks.TextBlock()
    note = blocks.CharBlock(search_index=False, required=False)


class Shouting(blocks.CharBlock):
    """Has its own idea of what search should see."""

    def get_searchable_content(self, value):
        return [value.upper()]


class Sealed(blocks.StructBlock):
    """Keeps the whole of itself out of search."""

    heading = blocks.CharBlock()
    text = blocks.TextBlock()

    def get_searchable_content(self, value):
        return []


class Summarised(blocks.StructBlock):
    heading = blocks.CharBlock()
    text = blocks.TextBlock()

    def get_searchable_content(self, value):
        return ["summary of", value["heading"]]


class Markup(blocks.RawHTMLBlock):
    """Lets search see its HTML."""

    def get_searchable_content(self, value):
        return ["before", SafeString(value)]


class SizedHeading(blocks.StructBlock):
    """Nothing but a heading, with its settings."""

    heading_text = blocks.CharBlock()
    size = blocks.ChoiceBlock(choices=[("", "Select a size"), ("h2", "H2"), ("h3", "H3")], required=False)
    anchor = blocks.CharBlock(required=False)


class Picture(blocks.StructBlock):
    """A heading with something to look at."""

    title = blocks.CharBlock()
    address = blocks.URLBlock()


class Columns(blocks.StructBlock):
    left = blocks.StreamBlock([("heading", blocks.CharBlock()), ("text", blocks.TextBlock())])
    right = blocks.StreamBlock([("heading", blocks.CharBlock()), ("text", blocks.TextBlock())])


class CountingChooserBlock(blocks.ChooserBlock):
    """A chooser that would have to go to the database for its value."""

    def bulk_to_python(self, values):
        raise AssertionError("the chosen objects were loaded")


class Shown(blocks.TextBlock):
    """Shows its text in another form than it is written in, as a block for Markdown does."""

    def render_basic(self, value, context=None):
        if value == "fails":
            raise KeyError("request")
        return value if value == "unsafe" else SafeString(f"<h2>{value}</h2><p>and <em>more</em></p>")


class Optional(blocks.StructBlock):
    """Lets Wagtail make the text of fields that may be empty."""

    title = blocks.CharBlock(required=False)
    items = blocks.ListBlock(blocks.CharBlock(required=False))

    def get_searchable_content(self, value):
        return super().get_searchable_content(value)


BODY = blocks.StreamBlock(
    [
        ("heading", blocks.CharBlock()),
        ("sub_heading", blocks.TextBlock()),
        ("title", blocks.BlockQuoteBlock()),
        ("text", blocks.TextBlock()),
        ("paragraph", blocks.RichTextBlock()),
        ("hidden", blocks.RichTextBlock(search_index=False)),
        ("hidden_heading", blocks.CharBlock(search_index=False)),
        ("hidden_stream", blocks.StreamBlock([("text", blocks.TextBlock())], search_index=False)),
        ("hidden_list", blocks.ListBlock(blocks.CharBlock(), search_index=False)),
        ("hidden_card", Card(search_index=False)),
        ("card", Card()),
        ("cards", blocks.ListBlock(Card())),
        ("nested", blocks.StreamBlock([("heading", blocks.CharBlock()), ("cards", blocks.ListBlock(Card()))])),
        ("shouting", Shouting()),
        ("sealed", Sealed()),
        ("summarised", Summarised()),
        ("page_of_markup", Markup()),
        ("sized_heading", SizedHeading()),
        ("picture", Picture()),
        ("pictures", blocks.ListBlock(Picture())),
        ("columns", Columns()),
        ("choice", blocks.ChoiceBlock(choices=[("a", "The first"), ("b", "The second")])),
        ("raw", blocks.RawHTMLBlock()),
        ("url", blocks.URLBlock()),
        ("number", blocks.IntegerBlock()),
        ("static", blocks.StaticBlock()),
        ("page", CountingChooserBlock()),
        ("pages", blocks.ListBlock(CountingChooserBlock())),
        ("table", TableBlock()),
        ("typed_table", TypedTableBlock([("text", blocks.CharBlock()), ("rich", blocks.RichTextBlock())])),
        ("image", ImageBlock()),
        ("shown", Shown()),
        ("optional", Optional()),
    ]
)


def sections_of(*children, block=BODY):
    """Return the sections of a stream as it is loaded from the database."""
    outline = Outline()
    add_stream(outline, block.to_python([{"type": name, "value": value, "id": ""} for name, value in children]))
    return outline.sections()


def text_of(*children):
    """Return the text of a stream that has no headings."""
    sections = sections_of(*children)
    assert [section.heading for section in sections] in ([], [""])
    return sections[0].text if sections else ""


CARD = {"card_title": "The card", "text": "What it says.", "note": "for editors only"}


class TestHeadings:
    def test_a_heading_block_starts_a_section_with_an_anchor(self):
        assert sections_of(("text", "before"), ("heading", "The Heading"), ("text", "after"), ("text", "more")) == (
            Section("", "", "before"),
            Section("The Heading", "the-heading", "after\n\nmore"),
        )

    @pytest.mark.parametrize("name", ["heading", "subheading", "title", "header", "section_heading", "card_title"])
    @pytest.mark.parametrize("kind", [blocks.CharBlock, blocks.TextBlock])
    def test_a_text_block_is_a_heading_by_its_name(self, name, kind):
        assert sections_of((name, "Words"), block=blocks.StreamBlock([(name, kind())])) == (
            Section("Words", "words", ""),
        )

    @pytest.mark.parametrize("name", ["text", "headings", "untitled", "title_note", "titles"])
    def test_a_text_block_of_another_name_is_text(self, name):
        assert sections_of((name, "Words"), block=blocks.StreamBlock([(name, blocks.CharBlock())])) == (
            Section("", "", "Words"),
        )

    def test_a_quotation_is_never_a_heading(self):
        assert text_of(("title", "Quoted.")) == "Quoted."

    def test_an_empty_heading_starts_nothing(self):
        assert text_of(("text", "a"), ("heading", "  "), ("text", "b")) == "a\n\nb"

    def test_headings_in_rich_text_start_sections_too(self):
        assert sections_of(
            ("heading", "One"), ("paragraph", '<p>first</p><h3 id="two">Two</h3><p>second</p>'), ("text", "third")
        ) == (Section("One", "one", "first"), Section("Two", "two", "second\n\nthird"))


class TestNesting:
    def test_the_heading_in_a_struct_heads_its_text(self):
        assert sections_of(("card", CARD)) == (Section("The card", "the-card", "What it says."),)

    def test_every_struct_of_a_list_is_a_section(self):
        other = {"card_title": "Other", "text": "Else.", "note": ""}
        assert sections_of(("cards", [CARD, other])) == (
            Section("The card", "the-card", "What it says."),
            Section("Other", "other", "Else."),
        )

    def test_streams_in_streams_are_walked(self):
        inner = [{"type": "heading", "value": "Inner"}, {"type": "cards", "value": [CARD]}]
        assert [s.heading for s in sections_of(("heading", "Outer"), ("nested", inner))] == [
            "Outer",
            "Inner",
            "The card",
        ]

    def test_a_struct_stored_before_a_field_was_added_has_its_default(self):
        block = blocks.StreamBlock(
            [("card", blocks.StructBlock([("old", blocks.TextBlock()), ("new", blocks.TextBlock(default="default"))]))]
        )
        assert sections_of(("card", {"old": "stored"}), block=block) == (Section("", "", "stored\n\ndefault"),)

    def test_a_stream_made_in_python_reads_like_a_stored_one(self):
        outline = Outline()
        value = blocks.StreamValue(BODY, [("heading", "One"), ("paragraph", RichText("<p>text</p>")), ("card", CARD)])
        add_stream(outline, value)
        assert outline.sections() == (
            Section("One", "one", "text"),
            Section("The card", "the-card", "What it says."),
        )

    def test_an_empty_stream_has_no_text(self):
        assert sections_of() == ()


class TestWhereSectionsEnd:
    """The heading in a part of the page heads that part only."""

    SERVICES = ("heading", "Our services")
    REFUNDS = ("text", "Refunds are paid within ten days.")

    @pytest.mark.parametrize(
        "part",
        [
            ("card", CARD),
            ("cards", [CARD]),
            ("nested", [{"type": "heading", "value": "The card"}]),
            ("nested", [{"type": "cards", "value": [CARD]}]),
            ("picture", {"title": "The card", "address": "https://example.org"}),
            ("pictures", [{"title": "The card", "address": "https://example.org"}]),
        ],
    )
    def test_what_follows_goes_on_with_the_section_before(self, part):
        first, card = sections_of(self.SERVICES, ("text", "We repair."), part, self.REFUNDS)
        assert first == Section("Our services", "our-services", "We repair.\n\nRefunds are paid within ten days.")
        assert card.heading == "The card"
        assert "Refunds" not in card.text

    def test_what_follows_is_under_no_heading_if_there_was_none(self):
        assert sections_of(("card", CARD), self.REFUNDS) == (
            Section("The card", "the-card", "What it says."),
            Section("", "", "Refunds are paid within ten days."),
        )

    def test_every_item_of_a_list_starts_under_the_heading_of_the_list(self):
        unnamed = {"card_title": "", "text": "Nameless."}
        assert sections_of(self.SERVICES, ("cards", [CARD, unnamed])) == (
            Section("Our services", "our-services", "Nameless."),
            Section("The card", "the-card", "What it says."),
        )

    def test_text_without_headings_is_read_together_whatever_holds_it(self):
        unnamed = {"card_title": "", "text": "Nameless."}
        assert text_of(("text", "a"), ("card", unnamed), ("cards", [unnamed]), ("text", "b")) == (
            "a\n\nNameless.\n\nNameless.\n\nb"
        )

    def test_a_stream_in_a_struct_keeps_its_headings_to_itself(self):
        left = [{"type": "heading", "value": "Left"}, {"type": "text", "value": "l"}]
        columns = {"left": left, "right": [{"type": "text", "value": "r"}]}
        assert sections_of(self.SERVICES, ("columns", columns), self.REFUNDS) == (
            Section("Our services", "our-services", "r\n\nRefunds are paid within ten days."),
            Section("Left", "left", "l"),
        )

    def test_a_struct_that_is_nothing_but_a_heading_heads_what_follows(self):
        assert sections_of(("sized_heading", {"heading_text": "Prices", "size": "h2"}), self.REFUNDS)[0] == (
            Section("Prices", "prices", "Refunds are paid within ten days.")
        )

    def test_such_a_heading_may_bring_its_anchor_and_its_level(self):
        sections = sections_of(
            ("sized_heading", {"heading_text": "Prices", "size": "h2", "anchor": "money"}),
            ("sized_heading", {"heading_text": "Money", "size": "h3"}),
        )
        assert [(each.anchor, each.level) for each in sections[:2]] == [("money", 2), ("money-2", 3)]

    def test_what_is_nested_is_deeper(self):
        inner = [{"type": "heading", "value": "Inner"}, {"type": "cards", "value": [CARD]}]
        levels = [section.level for section in sections_of(self.SERVICES, ("nested", inner))]
        assert levels == sorted(set(levels))


class TestWhatIsKeptOutOfSearch:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("hidden", "<p>secret</p>"),
            ("hidden_heading", "secret"),
            ("hidden_stream", [{"type": "text", "value": "secret"}]),
            ("hidden_list", ["secret"]),
            ("hidden_card", CARD),
            ("sealed", {"heading": "secret", "text": "secret"}),
            ("raw", "<p>secret</p>"),
            ("url", "https://example.org/secret"),
            ("number", 42),
            ("static", None),
        ],
    )
    def test_a_block_kept_out_of_search_has_no_text(self, name, value):
        assert sections_of((name, value)) == ()

    def test_keeping_a_block_out_wins_over_its_own_searchable_content(self):
        shouting = Shouting()
        shouting.search_index = False
        assert sections_of(("secret", "loud"), block=blocks.StreamBlock([("secret", shouting)])) == ()

    def test_a_field_of_a_struct_can_be_kept_out_alone(self):
        assert "editors" not in str(sections_of(("card", CARD)))

    def test_a_whole_stream_can_be_kept_out(self):
        assert (
            sections_of(("text", "x"), block=blocks.StreamBlock([("text", blocks.TextBlock())], search_index=False))
            == ()
        )

    def test_a_hidden_heading_does_not_end_the_section_before_it(self):
        assert sections_of(("heading", "One"), ("hidden_heading", "secret"), ("text", "text")) == (
            Section("One", "one", "text"),
        )

    @pytest.mark.parametrize(("name", "value"), [("page", 1), ("pages", [1, 2])])
    def test_a_block_without_text_is_not_loaded(self, name, value):
        assert text_of((name, value), ("text", "text")) == "text"


class TestBlocksWithTheirOwnSearchableContent:
    def test_a_class_that_overrides_it_has_the_last_word(self):
        assert text_of(("shouting", "loud")) == "LOUD"

    def test_a_struct_that_overrides_it_is_not_walked(self):
        assert text_of(("summarised", {"heading": "One", "text": "unused"})) == "summary of\nOne"

    def test_html_that_it_calls_safe_is_parsed(self):
        assert sections_of(("page_of_markup", "<h2>Fees</h2><p>Two <b>euros</b>.</p>")) == (
            Section("", "", "before"),
            Section("Fees", "fees", "Two euros."),
        )

    def test_a_choice_is_found_by_its_label_and_not_shown(self):
        assert sections_of(("choice", "b"), ("text", "text"), ("choice", "b"), ("choice", "a")) == (
            Section("", "", "text"),
            Section("", "", "The second\nThe first", words_only=True),
        )

    def test_a_table_is_read_cell_by_cell(self):
        assert text_of(("table", {"data": [["Day", "Hours"], ["Monday", None]]})) == "Day\nHours\nMonday"

    def test_a_typed_table_is_read_as_wagtail_reads_it(self):
        value = {
            "columns": [{"type": "text", "heading": "Fruit"}, {"type": "rich", "heading": "Taste"}],
            "rows": [{"values": ["Apple", "<p>Sour</p>"]}],
            "caption": "Fruits",
        }
        block = BODY.child_blocks["typed_table"]
        expected = block.get_searchable_content(block.to_python(value))
        assert text_of(("typed_table", value)) == "\n".join(expected)

    def test_an_image_is_read_by_its_alternative_text(self):
        image = get_image_model()(title="file name", collection_id=1)
        image.contextual_alt_text, image.decorative = "A red bridge", False
        outline = Outline()
        add_stream(outline, blocks.StreamValue(BODY, [("image", image)]))
        assert outline.sections() == (Section("", "", "A red bridge"),)


class TestNothingIsNoWord:
    @pytest.mark.parametrize("words", [None, ""])
    def test_an_image_without_alternative_text_says_nothing(self, words):
        image = get_image_model()(title="file name", collection_id=1)
        image.contextual_alt_text, image.decorative = words, False
        outline = Outline()
        add_stream(outline, blocks.StreamValue(BODY, [("image", image)]))
        assert outline.sections() == ()

    def test_an_empty_cell_of_a_typed_table_says_nothing(self):
        columns = [{"type": "text", "heading": "Effects"}, {"type": "text", "heading": "None"}]
        value = {"columns": columns, "rows": [{"values": ["Tired", None]}], "caption": ""}
        assert text_of(("typed_table", value)) == "Effects\nTired"

    def test_a_table_may_say_none_itself(self):
        columns = [{"type": "text", "heading": "Effects"}]
        value = {"columns": columns, "rows": [{"values": ["None"]}], "caption": ""}
        assert text_of(("typed_table", value)) == "Effects\nNone"

    @pytest.mark.parametrize("value", [{"title": None, "items": []}, {"title": "", "items": ["a", None]}])
    def test_an_empty_field_of_a_struct_says_nothing(self, value):
        assert "None" not in str(sections_of(("optional", value)))

    def test_an_editor_may_write_none(self):
        assert text_of(("text", "None")) == "None"
        assert text_of(("optional", {"title": "None", "items": []})) == "None"

    def test_a_heading_without_words_is_none(self):
        value = {"heading_text": None, "size": ""}
        assert sections_of(("sized_heading", value), ("text", "text"))[0] == Section("", "", "text")

    @pytest.mark.parametrize("name", ["text", "paragraph", "choice", "shouting", "shown", "table", "typed_table"])
    def test_a_block_without_a_value_says_nothing(self, name):
        outline = Outline()
        add_stream(outline, blocks.StreamValue(BODY, [(name, None)]))
        assert outline.sections() == ()


class TestTextInAnotherForm:
    def test_the_text_is_read_as_visitors_see_it(self):
        assert sections_of(("shown", "Fees")) == (Section("Fees", "fees", "and more"),)

    @pytest.mark.parametrize("text", ["fails", "unsafe"])
    def test_what_cannot_be_shown_as_html_is_read_as_it_is_written(self, text):
        assert text_of(("shown", text)) == text

    def test_a_quote_is_read_as_it_is_written(self):
        assert text_of(("title", "1 < 2")) == "1 < 2"

    def test_a_block_that_is_kept_out_of_search_is_not_rendered(self):
        assert sections_of(("shown", "fails"), block=blocks.StreamBlock([("shown", Shown(search_index=False))])) == ()

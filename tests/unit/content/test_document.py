from wagtail_vector_search.content import Chunk


class TestEmbeddedText:
    def test_the_model_reads_title_heading_and_text(self):
        assert Chunk(0, "Heading", "heading", "Text.").embedded_text("Title") == "Title\nHeading\nText."

    def test_headings_one_above_the_other_are_read_one_by_one(self):
        chunk = Chunk(0, "Funds \u203a Eligibility", "eligibility", "Text.")
        assert chunk.embedded_text("Funds") == "Funds\nEligibility\nText."

    def test_what_is_missing_leaves_no_blank_line(self):
        assert Chunk(0, "", "", "Text.").embedded_text("") == "Text."

    def test_nothing_is_read_twice(self):
        assert Chunk(0, "", "", "Title").embedded_text("Title") == "Title"
        assert Chunk(0, "Heading", "heading", "Heading").embedded_text("Title") == "Title\nHeading"

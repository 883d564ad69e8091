from wagtail_vector_search.content import Chunk, Document, KeywordText, Section, keyword_text


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


class TestKeywordText:
    def test_headings_and_text_are_the_body(self):
        document = Document(
            "Title", (Section("", "", "Intro."), Section("One", "one", "Text."), Section("Two", "two", ""))
        )
        assert keyword_text(document) == KeywordText(title="Title", body="Intro.\n\nOne\n\nText.\n\nTwo")

    def test_important_text_counts_as_title_and_not_as_body(self):
        assert keyword_text(Document("Title", (), important="Summary")) == KeywordText("Title\n\nSummary", "")

    def test_chinese_is_segmented_in_title_and_body(self):
        words = keyword_text(Document("中文搜索", (Section("标题文字", "", "正文内容"),)))
        assert words.title.split() == ["中文", "文搜", "搜索"]
        assert {"标题", "文字", "正文", "内容"} <= set(words.body.split())

    def test_an_empty_document_has_no_words(self):
        assert keyword_text(Document("", ())) == KeywordText("", "")

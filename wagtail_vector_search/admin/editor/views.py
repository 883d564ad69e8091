"""The fragments of HTML that the panel is filled with. Their guard gives them the page that the user may edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from ...exceptions import ProviderError
from ...generations.writable import WritableGeneration
from ...indexing.failures import describe_failure
from ...retrieval import related_pages
from ..permissions import explorable_pages
from .content import Content, count_pages, distinctive_words, read_content
from .draft import Draft, DraftError, may_embed_drafts, read_draft, related_to_draft
from .page_state import find_serving, read_state
from .passages import describe_flaws, read_passages
from .question import PageQuestion, answer

_TEMPLATES = "wagtail_vector_search/admin/editor/"

#: Related pages that are shown.
RELATED = 5


@method_decorator(never_cache, name="dispatch")
class EditorView(View):
    """A fragment about one page."""

    page: Any
    target: WritableGeneration

    def dispatch(self, request: HttpRequest, page: Any) -> Any:
        """Answer once the generation that serves is found."""
        self.page = page
        target = find_serving()
        if target is None:
            return self.render("unavailable.html")
        self.target = target
        return super().dispatch(request)

    def render(self, template: str, **context: Any) -> HttpResponse:
        """Return a fragment."""
        return TemplateResponse(self.request, _TEMPLATES + template, {"page": self.page, **context})

    def look(self, content: Content, related: list[Any]) -> dict[str, Any]:
        """Return what the panel shows of a page, be it published or a draft. Four statements."""
        frequencies = count_pages(list(content.weights), self.target)
        passages = read_passages(content, self.page, frequencies, self.explorable, self.target)
        return {
            "passages": passages,
            "flaws": describe_flaws(content, passages),
            "words": distinctive_words(content, frequencies, self.target),
            "related": related,
        }

    @property
    def explorable(self) -> Any:
        """The pages that the editor may see; nothing is told of others."""
        return explorable_pages(self.request.user)


class PageView(EditorView):
    """The page as it is in the index."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what search makes of the published page."""
        content = read_content(self.page, self.target)
        related = related_pages(
            self.page, limit=RELATED, queryset=self.explorable, index_name=self.target.configured.index_name
        )
        state = read_state(self.page, self.target)
        try:
            may_embed, technical = may_embed_drafts(self.target), ""
        except ProviderError as error:
            may_embed, technical = False, describe_failure(error)
        return self.render(
            "page.html",
            state=state,
            has_draft=self.page.has_unpublished_changes or not self.page.live,
            may_embed=may_embed,
            technical=technical,
            **self.look(content, related),
        )


class QuestionView(EditorView):
    """Whether the page, as it is in the index, would be found."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer the question in the address."""
        content = read_content(self.page, self.target)
        obstacle = read_state(self.page, self.target).obstacle
        question = PageQuestion(
            request.GET.get("query", ""), self.page, content, self.explorable, self.target, obstacle=obstacle
        )
        return self.render("answer.html", answer=answer(question))


class DraftView(EditorView):
    """The page as it would be in the index if the draft were published. Nothing is written."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what search would make of the draft."""
        try:
            draft = read_draft(self.page, self.target)
        except DraftError as error:
            return self.render("draft_error.html", error=error)
        return self.respond(draft)

    def respond(self, draft: Draft) -> HttpResponse:
        """Show a draft."""
        related = related_to_draft(draft.unsaved, self.page, self.explorable, self.target, RELATED)
        return self.render("draft.html", draft=draft, **self.look(draft.content, related))


class DraftQuestionView(DraftView):
    """Whether the page would be found if the draft were published."""

    def respond(self, draft: Draft) -> HttpResponse:
        """Answer the question in the form."""
        text = self.request.POST.get("query", "")
        question = PageQuestion(
            text, self.page, draft.content, self.explorable, self.target, draft.unsaved, draft.obstacle
        )
        return self.render("answer.html", answer=answer(question), draft=draft)

"""An analyzer as a project might write one."""

from wagtail_vector_search.analysis import Analyzer


class ShoutingAnalyzer(Analyzer):
    """Makes stems of capitals."""

    def stem(self, word: str) -> str:
        return super().stem(word).upper()

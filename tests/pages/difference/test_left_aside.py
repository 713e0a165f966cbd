from recviewer.difference.compare import compare
from recviewer.difference.model import Churn, Difference, Ignored, Same, SectionKind
from recviewer.exchange.model import Exchange, Kind, Vector
from recviewer.pages.difference.left_aside import said_ignored, said_same


def test_what_is_the_same_is_said_with_counts_and_nothing_that_is_not_there():
    same = (Same(SectionKind.FINISH, 1), Same(SectionKind.MESSAGES, 2), Same(SectionKind.TOOLS, 1))

    assert said_same(Difference(Churn.TEXT, same=same)) == "2 messages, 1 tool definition, finish"
    assert said_same(Difference(Churn.TEXT)) == ""


def test_exhibits_are_called_what_they_are():
    vectors = Exchange(Kind.EMBEDDINGS, exhibits=(Vector(0, (1.0,)), Vector(1, (2.0,))))

    assert said_same(compare(vectors, vectors), vectors) == "2 vectors"


def test_what_was_ignored_is_said_with_numbers():
    items = (
        Ignored("chunk boundaries", 1, "6", "5"),
        Ignored("usage", 3, "349 tokens", "336 tokens"),
        Ignored("chunks[].id", 5, "a", "b"),
        Ignored("chunks[].choices[].delta.obfuscation", 4, "x", "y"),
        Ignored("usage.total_tokens", 1, "349", "336"),
    )

    assert said_ignored(items) == "chunk boundaries 6 → 5 · usage 349 → 336 tokens · id ×5 · obfuscation ×4"

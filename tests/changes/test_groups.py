"""What is one item, and what must not be."""

import pytest

from recviewer.changes import groups, moves, renames
from recviewer.changes.renames import Rename
from recviewer.difference.model import Churn, Difference, Names, Section, SectionKind
from recviewer.report.sentence import sentence

SENTENCES = (
    "Pay {} euros to Ada.",
    "Take {} drops of it every day.",
    "Let us meet at {} in the hall.",
)


@pytest.fixture
def edited(tree, make):
    """The range in which documents were replaced by others at their paths."""

    def run(old, new):
        paths = [f"tests/recordings/r{n}.json" for n in range(len(old))]
        for path, document in zip(paths, old, strict=True):
            tree.write(path, make.bytes_of(document))
        tree.commit()
        for path, document in zip(paths, new, strict=True):
            tree.write(path, make.bytes_of(document))
        tree.commit()
        return tree.overview("HEAD~1...HEAD")

    return run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("7", "8"),
        ("7 May", "8 May"),
        ("Monday", "Tuesday"),
        ("May", "June"),
        ("twelve", "eleven"),
        ("2026-01-07", "2026-01-08"),
        ("not", "never"),
        ("one", "two"),
    ],
)
@pytest.mark.parametrize("where", ["question", "answer", "arguments"])
def test_a_number_a_date_or_a_negation_in_other_sentences_is_another_change(edited, make, before, after, where):
    def written(word):
        texts = [sentence.format(word) for sentence in SENTENCES]
        if where == "question":
            return [make.chat(text) for text in texts]
        if where == "answer":
            return [make.chat(f"{n}?", text) for n, text in enumerate(texts)]
        return [make.chat(f"{n}?", "", calls=[("act", f'{{"what": "{text}"}}')]) for n, text in enumerate(texts)]

    found = edited(written(before), written(after))

    assert found.numbers.items_by_call == found.numbers.changes == len(SENTENCES)


@pytest.mark.parametrize("before", ["7", "yes"])
def test_the_same_answer_to_other_questions_is_another_change(edited, make, before):
    questions = ["How many euros?", "How many drops?", "At what hour?"]

    found = edited([make.chat(one, before) for one in questions], [make.chat(one, "8") for one in questions])

    assert found.numbers.items_by_call == 3


def test_another_answer_before_is_another_change(edited, make):
    tests = [make.id_of("test_a", name) for name in ("a", "b")]

    found = edited(
        [make.chat(answer=old, test=test) for old, test in zip(("Saturn.", "Uranus."), tests, strict=True)],
        [make.chat(answer="Jupiter.", test=test) for test in tests],
    )

    assert (found.numbers.changes, found.numbers.items_by_call) == (2, 2)


def test_a_list_in_which_more_names_stayed_is_another_change(make):
    side = make.side(make.chat())

    def mask(kept):
        listed = Section(SectionKind.LISTING, (Names("models", ("old",), ("new",), kept),))
        return groups.mask(Difference(Churn.TEXT, (listed,)), side, side)

    assert mask(2) == mask(2) != mask(3)


def test_the_same_change_in_several_places_is_one_item(edited, make):
    tests = [make.id_of("test_a", name) for name in ("a", "b", "c")]

    found = edited(
        [make.chat(answer="Saturn.", test=test) for test in tests],
        [make.chat(answer="Jupiter.", test=test) for test in tests],
    )

    assert (found.numbers.changes, found.numbers.items_by_call) == (3, 1)


def test_the_same_turn_later_in_a_conversation_is_the_same_change(edited, make):
    def written(word, before):
        return make.chat("Last?", turns=[*(("user", f"turn {n}") for n in range(before)), ("system", f"Be {word}.")])

    found = edited([written("brief", n) for n in range(3)], [written("concise", n) for n in range(3)])

    assert found.numbers.items_by_call == 1


def test_one_member_that_differs_otherwise_too_stands_alone(edited, make):
    old = [make.chat(answer="Saturn.", test=make.id_of("test_a", name)) for name in "abc"]
    new = [make.chat(answer="Jupiter.", test=make.id_of("test_a", name)) for name in "abc"]
    new[1] = make.chat(answer="Jupiter!", test=make.id_of("test_a", "b"))

    assert edited(old, new).numbers.items_by_call == 2


def test_groups_never_cross_classes(edited, make):
    old = [make.chat("What is llama_stack?"), make.chat("What is it?", "It is llama_stack.")] * 2
    new = [make.chat("What is ogx?"), make.chat("What is it?", "It is ogx.")] * 2

    found = edited(old, new)

    assert {change.churn.value for change in found.changes} == {"request", "text"}
    assert found.numbers.items_by_call == 2
    for one in found.alike:
        assert len({change.churn for change in found.changes if change.alike == one.number}) == 1


def test_a_rename_of_other_details_is_another_item_than_one_of_hosts(edited, make):
    def written(name):
        hosts = [make.chat(f"Where {n}?") for n in range(2)]
        types = [make.chat(f"What {n}?") for n in range(2)]
        for one in hosts:
            one["request"]["url"] = f"https://{name}.example/v1/chat/completions"
        for one in types:
            kind = {"__type__": f"{name}.ChatCompletionChunk"}
            one["response"]["body"] = [item | kind for item in one["response"]["body"]]
        return [*hosts, *types]

    found = edited(written("llama_stack"), written("ogx"))

    assert {change.churn.value for change in found.changes} == {"details"}
    assert sorted((one.count, one.label) for one in found.alike) == [
        (2, "__type__ llama_stack.ChatCompletionChunk → ogx.ChatCompletionChunk"),
        (2, "llama_stack → ogx"),
    ]


def test_what_has_a_finding_is_apart_from_what_has_none(tree, make):
    """The same rename in two files, of which replay finds one no more."""
    test = make.id_of("test_a")
    old, new = make.chat("What is llama_stack?", test=test), make.chat("What is ogx?", test=test)
    tree.put(old)
    tree.write("tests/integration/chat/recordings/named.json", make.bytes_of(old))
    tree.write("tests/integration/chat/recordings/called.json", make.bytes_of(old))
    tree.commit()
    for path in (tree.top / "tests").rglob("*.json"):
        path.write_bytes(make.bytes_of(new))
    tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert sorted((change.alike is None, change.severity) for change in found.changes) == [
        (False, None),
        (False, None),
        (True, "red"),
    ]


def embedding(make, *values):
    made = make.chat()
    made["request"] |= {"url": "https://api.acme.example/v1/embeddings", "endpoint": "/v1/embeddings"}
    made["request"]["body"] = {"model": "e-1", "input": "ring"}
    rows = [{"object": "embedding", "index": 0, "embedding": list(values)}]
    data = {"object": "list", "data": rows, "model": "e-1", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    kind = "openai.types.create_embedding_response.CreateEmbeddingResponse"
    made["response"] = {"body": {"__type__": kind, "__data__": data}, "is_streaming": False}
    return made


def test_vectors_are_the_same_change_only_number_by_number(edited, make):
    """Both turn by the same angle; so the cosines are equal, and the largest differences."""
    old = [embedding(make, 1.0, 0.0), embedding(make, 0.0, 1.0)]

    assert edited(old, [embedding(make, 0.0, 1.0), embedding(make, 1.0, 0.0)]).numbers.items_by_call == 2


def test_lists_are_the_same_change_only_where_all_names_are(edited, make):
    found = edited([make.models("a", "b"), make.models("a", "c")], [make.models("b"), make.models("c")])

    assert found.numbers.items_by_call == 2


def of_model(document, name):
    for chunk in document["response"]["body"]:
        chunk["__data__"]["model"] = name
    return document


def test_the_same_detail_of_many_is_one_item(edited, make):
    tests = [make.id_of("test_a", str(n)) for n in range(4)]
    old = [of_model(make.chat(f"Is it {n}?", chunks=n + 1, test=test), "a") for n, test in enumerate(tests)]
    new = [of_model(make.chat(f"Is it {n}?", chunks=n + 1, test=test), "b") for n, test in enumerate(tests)]
    new[3] = of_model(new[3], "c")

    found = edited(old, new)

    assert {change.churn.value for change in found.changes} == {"details"}
    assert [(one.count, one.label) for one in found.alike] == [(3, "chunks[].model a → b")]
    assert found.numbers.need_you == 4
    assert sentence(found) == "4 recordings touched: 4 with other details; 4 need you, as 1 item."
    assert found.numbers.need_you_by_call == 2


def test_tests_and_hosts_of_members_may_differ_but_alone_they_are_the_change(edited, make):
    def written(model, host):
        hosts = [host.format(n) for n in range(2)]
        return [of_model(make.chat(f"Is it {n}?", test=None, host=one), model) for n, one in enumerate(hosts)]

    assert edited(written("a", "a{}.example"), written("b", "b{}.example")).numbers.items_by_call == 1
    found = edited(written("b", "a{}.example"), written("b", "c{}.example"))
    assert found.numbers.items_by_call == 2


def test_a_rename_is_told_by_each_of_its_spellings(edited, make):
    old = [make.chat(f"llama_stack or LlamaStack {n}?", "llama-stack", chunks=1) for n in range(3)]
    new = [make.chat(f"ogx or OGX {n}?", "ogx", chunks=1) for n in range(3)]

    found = edited(old, new)

    assert (found.numbers.items_by_call, found.alike[0].count) == (1, 3)
    assert sorted(found.alike[0].label.split(", ")) == ["LlamaStack → OGX", "llama-stack → ogx", "llama_stack → ogx"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"the cat sat", b"the dog sat"),
        (b"get_cat()", b"get_dog()"),
        (b"getCat()", b"getDog()"),
        (b"cat cat", b"dog dog"),
        (b"a cat, not a dog", b"a dog, not a dog"),
    ],
)
def test_whole_words_are_renamed(old, new):
    assert renames._replaced(Rename(b"cat", b"dog"), old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"concatenate", b"condogenate"),
        (b"the cat sat", b"the dog ran"),
        (b"cat and dog", b"dog and cat"),
        (b"cat", b"cat dog"),
        (b"cat", b""),
        (b"cats", b"dogs"),
    ],
)
def test_all_else_is_no_rename(old, new):
    assert not renames._replaced(Rename(b"cat", b"dog"), old, new)


def test_a_function_that_was_renamed_is_one_item_but_an_argument_is_none(edited, make):
    def written(name, who):
        calls = {n: [(name, f'{{"{n}": "{who}"}}')] for n in ("to", "of", "at")}
        return [make.chat(f"Call {name} {n}?", "", chunks=1, calls=calls[n]) for n in calls]

    assert edited(written("knowledge_search", "Ada"), written("file_search", "Ada")).numbers.items_by_call == 1
    found = edited(written("look", "Ada"), written("look", "Eve"))
    assert {change.churn.value for change in found.changes} == {"tool_call"}
    assert found.numbers.items_by_call == 3


def test_a_pair_is_compared_once_also_where_many_were_renamed(edited, make, monkeypatch):
    def written(city):
        return [make.chat(f"Is {city} nice in {at}?", f"{city} is.", chunks=1) for at in ("May", "June", "July")]

    compared = []
    compare = moves.compare
    monkeypatch.setattr(moves, "compare", lambda old, new: compared.append(new) or compare(old, new))

    found = edited(written("Berlin"), written("Lisbon"))

    assert [one.label for one in found.alike] == ["Berlin → Lisbon"]
    assert len(compared) == 3


def test_another_word_that_only_the_model_said_is_no_rename(edited, make):
    def said(word):
        texts = {"A test of blood?": "The result is", "A film?": "The reviews were", "A balance?": "It stays"}
        return [make.chat(question, f"{text} {word}.") for question, text in texts.items()]

    def called(name):
        return [make.chat(f"Q {n}?", "", chunks=1, calls=[(name, f'{{"{n}": 1}}')]) for n in ("to", "of", "at")]

    assert edited(said("positive"), said("negative")).numbers.items_by_call == 3
    assert edited(called("create_user"), called("delete_user")).numbers.items_by_call == 3


@pytest.mark.parametrize(
    ("role", "answer", "items"),
    [("assistant", "Thanks, {}.", 3), ("assistant", "Thanks.", 3), ("tool", "Thanks, {}.", 3), ("tool", "Thanks.", 1)],
)
def test_a_word_that_requests_repeat_from_an_answer_is_no_rename(edited, make, role, answer, items):
    def said(word):
        documents = []
        for what in ("blood", "water", "wit"):
            document = make.chat(f"A test of {what}?", answer.format(word))
            turn = {"role": role, "content": f"For {what}: {word}."} | ({"tool_call_id": "1"} if role == "tool" else {})
            document["request"]["body"]["messages"].append(turn)
            documents.append(document)
        return documents

    assert edited(said("positive"), said("negative")).numbers.items_by_call == items


def test_a_file_with_any_other_difference_is_not_in_the_rename():
    lines = {b"a": [(b"a cat", b"a dog")], b"b": [(b"b cat", b"b dog")], b"c": [(b"c cat", b"c dog"), (b"1", b"2")]}

    assert list(renames.find(lines)) == [(Rename(b"cat", b"dog"), [b"a", b"b"])]


def test_the_line_of_several_holds_no_number_of_one(edited, make):
    cuts = [(3, 2), (5, 4), (6, 2)]

    found = edited([make.chat(str(old), chunks=old) for old, _ in cuts], [make.chat(str(o), chunks=n) for o, n in cuts])

    assert [(one.label, one.count) for one in found.alike] == [("the same meaning; differs in chunks", 3)]


@pytest.mark.parametrize(("new", "is_rename"), [("heron-2", True), ("heron-3", False), ("heron", False)])
def test_a_rename_keeps_the_numbers_beside_a_name(new, is_rename):
    pairs = [(b'"model": "ibis-2"', f'"model": "{new}"'.encode())]

    found = list(renames.find({b"a.json": pairs, b"b.json": pairs}))

    assert bool(found) is is_rename


def test_details_that_only_read_alike_are_changes_of_their_own(edited, make):
    values = [("7", "8"), (7, "8"), ("null", "8"), (None, "8")]

    def written(side):
        made = []
        for number, one in enumerate(values):
            document = make.chat(f"{number}?", "Earth.")
            document["note_of_ours"] = one[side]
            made.append(document)
        return made

    found = edited(written(0), written(1))

    assert found.numbers.items_by_call == found.numbers.changes == len(values)

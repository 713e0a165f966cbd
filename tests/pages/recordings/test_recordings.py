import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.pages.recordings import facets, page_rows, recordings
from recviewer.pages.recordings.list_state import SORTS
from recviewer.review import filters, labels, searches
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag, untag
from recviewer.review.undoing import undo


@pytest.fixture
def three(make_recording):
    return [
        make_recording("tests/integration/inference/recordings/a.json", asked="How far is the moon?", answered="Far."),
        make_recording("tests/integration/agents/recordings/b.json", asked="Who are you?", answered="A model."),
        make_recording("tests/integration/agents/recordings/c.json", data=b'{"request": {"url": "h'),
    ]


def words(response):
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()).replace(" .", ".")


def rows(response):
    return response.content.decode().count('class="row"')


@pytest.mark.parametrize(("query", "calls"), [("is=lost", False), ("is=!lost", True), ("", True)])
def test_where_replay_finds_none_by_wish_no_row_calls_it_out(client, three, query, calls):
    Recording.objects.filter(path=three[0].path).update(replay="older")

    html = client.get(f"/?{query}").content.decode()

    assert ("data-all-lost" not in html) is calls


def test_list_shows_what_was_asked_and_answered(client, three):
    html = client.get("/").content.decode()

    assert "How far is the moon?" in html
    assert "Far." in html
    assert "cut off in the middle" in html


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?suite=agents", 2),
        ("?suite=!agents", 1),
        ("?suite=agents&kind=chat", 1),
        ("?kind=chat&kind=unreadable", 3),
        ("?outcome=unreadable", 1),
        ("?state=undecided", 3),
        ("?state=approved", 0),
        ("?tag=golden", 0),
        ("?q=moon", 1),
        ('?q="the moon"', 1),
        ('?q="moon the"', 0),
        ("?q=moon&state=undecided&suite=inference", 1),
        ("?size=>1k", 0),
        ("?size=nonsense", 0),
        ("?has=error", 0),
        ("?page=99", 3),
        ("?sort=nonsense", 3),
    ],
)
def test_filters_narrow_the_list(client, three, query, count):
    response = client.get("/" + query)

    assert response.status_code == 200
    assert rows(response) == count


def test_typed_filters_move_into_the_address(client, three):
    response = client.get("/?q=kind:chat -suite:agents moon")

    assert response.status_code == 302
    assert response["Location"] == "/?q=moon&suite=%21agents&kind=chat"


def test_fragment_takes_typed_filters_in_place(client, three):
    response = client.get("/?q=kind:chat moon", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert rows(response) == 1


def test_pasted_path_leads_to_the_recording(client, three):
    response = client.get("/", {"q": three[0].path})

    assert response["Location"] == f"/r/{three[0].path}"


def test_pasted_hash_leads_to_the_recording(client, make_recording):
    make_recording("recordings/0123456789ab.json")

    assert client.get("/?q=0123456789ab")["Location"] == "/r/recordings/0123456789ab.json"


EARTH = "/tests/tests/test_planets.py::test_earth?pasted=1"


@pytest.mark.parametrize(
    "query",
    [
        "tests/test_planets.py::test_earth",
        "test_planets.py::test_earth",
        "./tests/test_planets.py::test_earth",
        "/home/ana/repo/tests/test_planets.py::test_earth",
        "test_earth",
        "FAILED tests/test_planets.py::test_earth - AssertionError: kind:embeddings",
        "tests/test_planets.py::test_earth PASSED [ 12%]",
    ],
)
def test_pasted_test_leads_to_its_page(client, three, query):
    response = client.get("/", {"q": query})
    if "q=" in response["Location"]:  # what the line is about stands in the address first
        response = client.get(response["Location"])

    assert response["Location"] == EARTH
    assert client.get("/tests/", {"q": "test_earth"})["Location"] == EARTH
    page = client.get(EARTH).content.decode()
    assert "What you looked for names this test." in page
    assert '<a href="/?test=tests%2Ftest_planets.py%3A%3Atest_earth">Show its recordings in the list</a>' in page
    assert rows(client.get("/?test=tests%2Ftest_planets.py%3A%3Atest_earth")) == 2


@pytest.mark.parametrize(
    "query", ["test_eart", "earth", "test_planets.py", '"test_earth"', "-test_earth", "test:test_earth"]
)
def test_what_names_no_one_test_is_searched_for(client, three, query):
    response = client.get("/", {"q": query})

    assert "/tests/" not in response.headers.get("Location", "")


def test_name_of_several_tests_is_searched_for(client, make_recording):
    for number, test in enumerate(("t/test_a.py::test_x[1]", "t/test_a.py::test_x[2]", "t/test_b.py::TestB::test_y")):
        make_recording(f"t/recordings/{number}.json", test=test)

    assert client.get("/?q=test_x").status_code == 200
    assert client.get("/?q=t/test_a.py::test_x").status_code == 200
    assert client.get("/?q=test_x[2]")["Location"] == "/tests/t/test_a.py::test_x%5B2%5D?pasted=1"
    assert client.get("/?q=test_y")["Location"] == "/tests/t/test_b.py::TestB::test_y?pasted=1"
    assert client.get("/?q=TestB::test_y")["Location"] == "/tests/t/test_b.py::TestB::test_y?pasted=1"


def live(client, query):
    return client.get("/", {"q": query}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "{path}",
        "{blob}",
        "{short}",
        "tests/test_planets.py::test_earth",
        "test_earth",
        "test_planets.py",
        "FAILED tests/test_planets.py::test_earth - AssertionError: kind:embeddings",
        "Recording not found for request hash: {blob}",
    ],
)
def test_search_while_typing_finds_what_enter_finds(client, three, query):
    query = query.format(path=three[0].path, blob=three[0].blob, short=three[0].blob[:12])
    html = live(client, query)

    assert "Nothing matches" not in html
    assert f"/r/{three[0].path}" in html
    entered = client.get("/", {"q": query}, follow=True)
    assert three[0].path in entered.content.decode()
    assert "Nothing matches" not in entered.content.decode()


def test_search_while_typing_says_what_enter_opens(client, three):
    assert f"Open {three[0].path}" in live(client, three[0].blob[:12])
    assert "Open the test tests/test_planets.py::test_earth" in live(client, "test_earth")
    assert "Open " not in live(client, "moon")


def test_pasted_line_is_cut_down_to_what_it_is_about(client, three):
    response = client.get("/", {"q": "FAILED tests/test_planets.py::test_earth[a b] - AssertionError: kind:embeddings"})

    assert response["Location"] == "/?q=tests%2Ftest_planets.py%3A%3Atest_earth%5Ba+b%5D"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?has=tools", "has:tools cannot be used: has takes tool, error"),
        ("?state=nonsense", "state:nonsense cannot be used: state takes undecided, approved"),
        ("?size=!big", "-size:big cannot be used: size takes a number"),
        ("?model=gpt4o", "No recording has model:gpt4o. Nearest names: gpt-4o 2 in all"),
        ("?q=deadbee", "No file and no blob here is named by deadbee, nor does replay look for it"),
        ("?q=test_nothing", "No recording is of a test named test_nothing."),
        ("?q=a/recordings/none.json", "No recording lies at a/recordings/none.json."),
    ],
)
def test_value_that_finds_nothing_is_explained(client, three, query, said):
    response = client.get(f"/{query}")

    assert rows(response) == 0
    assert said in words(response)


def test_filter_that_would_not_help_is_not_blamed(client, three):
    html = client.get("/?suite=nowhere&model=nobody").content.decode()

    assert "leaves out most" not in html


def test_two_comparisons_narrow(client, three):
    sizes = sorted(one.size for one in three)

    assert rows(client.get(f"/?size=>{sizes[0]}&size=<{sizes[-1]}")) == len(
        [s for s in sizes if sizes[0] < s < sizes[-1]]
    )


def test_several_tags_must_be_on_one_recording(client, three):
    for name, tagged in (("golden", three[:2]), ("flaky", three[1:])):
        tag([Seen(one.path, one.blob) for one in tagged], actor="Ana", name=name)

    assert rows(client.get("/?tag=golden")) == 2
    assert rows(client.get("/?tag=golden&tag=flaky")) == 1
    assert rows(client.get("/?tag=golden&tag=!flaky")) == 1
    html = client.get("/?tag=golden").content.decode()
    assert html.count("flaky") > 0


def test_empty_result_names_the_filter_that_leaves_out_most(client, three):
    said = words(client.get("/?kind=chat&model=nobody"))

    assert "Nothing matches both filters" in said
    assert "model:nobody leaves out most. Without it 2 recordings match. Show the 2" in said


def test_empty_tree_says_what_to_do(client, root, db):
    assert "recviewer serve" in client.get("/").content.decode()


def test_snippets_mark_what_was_found(client, three):
    assert "<mark>moon</mark>" in client.get("/?q=moon").content.decode()


@pytest.mark.parametrize(("query", "sort"), [("moon", "prompt"), ("far", "answer")])
def test_a_row_says_in_what_its_words_were_found(client, three, query, sort):
    html, told = client.get("/", {"q": query}), client.get("/recordings.json", {"q": f'"{query}" the'}).json()

    is_said = f'<i class="found-in">{sort}</i>' in html.content.decode()
    assert is_said is (sort != "answer")  # an answer stands under "answered"
    assert '<i class="found-in">' not in client.get("/").content.decode()
    assert told["recordings"][0]["found"]["in"] in ("prompt", "answer")
    assert query in told["recordings"][0]["found"]["text"].lower()


def test_hit_stands_where_a_narrow_cell_shows_it(client, make_recording):
    make_recording(answered="It was a long and winding answer about many other things and then weather came up at last")

    html = client.get("/?q=weather").content.decode()

    before = html.partition("<mark>")[0].rpartition(">")[2]
    assert before == "…things and then "
    assert "<mark>weather</mark>" in html


def test_words_that_json_wrote_as_escapes_are_found_and_shown(client, make_recording, chat):
    data = chat(asked="Weather?")
    function = {"name": "get_weather", "arguments": '{"city": "Z\\u00fcrich"}'}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }
    data["response"]["body"]["__data__"]["choices"][0]["message"] = message
    made = make_recording(data=json.dumps(data).encode())

    assert "Zürich" in client.get("/").content.decode()
    assert "<mark>Zürich</mark>" in client.get("/", {"q": "Zürich"}).content.decode()
    page = client.get(f"/r/{made.path}").content.decode()
    assert "Zürich" in page
    assert "u00fc" not in page
    assert "u00fc" in client.get(f"/r/{made.path}", {"view": "raw"}).content.decode()


def test_names_and_words_are_escaped(client, make_recording):
    make_recording("recordings/<script>'\"\n.json", asked="<script>alert(1)</script>")

    html = client.get("/").content.decode()

    assert "<script>alert" not in html
    assert quote("/r/recordings/<script>'\"\n.json", safe="/'") in html or "%3Cscript%3E" in html


def test_list_has_a_twin_for_scripts(client, three):
    told = json.loads(client.get("/recordings.json?suite=agents").content)

    assert told["total"] == 2
    assert told["facets"]["suite"] == {"agents": 2, "inference": 1}
    assert {one["path"] for one in told["recordings"]} == {three[1].path, three[2].path}


@pytest.mark.slow
def test_queries_do_not_grow_with_the_rows(client, make_recording):
    make_recording("recordings/0.json")
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(1, 30):
        make_recording(f"recordings/{number}.json", asked=f"Question {number}?")
    client.get("/")
    with CaptureQueriesContext(connection) as many:
        client.get("/")

    assert Recording.objects.count() == 30
    assert len(many) <= len(few)


def test_health_needs_nothing_and_readiness_tells(client, root, db):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json()["ready"] is True


def test_list_says_when_the_disk_has_moved_on(client, three, make_recording):
    shown = client.get("/").context["page"].freshness.catalog_state
    assert "Show" not in client.get("/fresh", {"generation": shown, "url": "/"}).content.decode()

    make_recording("recordings/new.json", asked="Something new?")

    assert "Show" in client.get("/fresh", {"generation": shown, "url": "/"}).content.decode()


def test_freshness_never_links_elsewhere(client, root, db):
    html = client.get("/fresh", {"generation": "x", "url": "https://example.com/"}).content.decode()

    assert "example.com" not in html


def test_what_cannot_be_searched_for_is_not_told_as_a_number_of_recordings(client, three):
    html = client.get("/?kind=chatt").content.decode()

    assert "<title>Not searched · kind:chatt · recviewer</title>" in html
    assert 'data-says="This cannot be searched for"' in html


def verdicts(client, query=""):
    """Return the counts of verdicts beside the list, as they are printed."""
    html = client.get(f"/{query}").content.decode()
    group = re.search(r">Verdict</h2>.*?</section>", html, re.DOTALL)
    found = re.findall(r'facet-label">([^<]+)</span><span class="facet-count">(\d+)<', group[0]) if group else []
    return {name: int(count) for name, count in found}


@pytest.mark.slow
def test_counts_of_verdicts_are_those_of_now(client, three, make_recording):
    """They are kept from page to page: whatever changes a verdict or the catalog makes them anew."""
    seen = [Seen(one.path, one.blob) for one in three]
    assert verdicts(client, "?state=undecided")["undecided"] == 3

    decide(seen[:1], actor="ana", verdict="approve")
    assert (verdicts(client)["undecided"], verdicts(client)["approved"]) == (2, 1)
    decide(seen[:1], actor="ben", verdict="reject", note="wrong")
    assert (verdicts(client)["approved"], verdicts(client)["re-record"]) == (0, 1)
    undo(actor="ben")
    assert (verdicts(client)["approved"], verdicts(client)["re-record"]) == (1, 0)
    assert verdicts(client, "?suite=agents&state=undecided")["undecided"] == 2
    make_recording("tests/integration/agents/recordings/d.json", asked="And now?")
    assert (verdicts(client)["undecided"], verdicts(client)["approved"]) == (3, 1)
    assert verdicts(client, "?suite=agents&state=undecided")["undecided"] == 3
    tag(seen[1:2], actor="ana", name="golden")
    assert verdicts(client, "?tag=golden&state=undecided")["undecided"] == 1
    tag(seen[2:3], actor="ana", name="golden")
    assert verdicts(client, "?tag=golden&state=undecided")["undecided"] == 2


@pytest.mark.parametrize("few", [500, 0], ids=["by ids", "by a query"])
def test_a_verdict_that_falls_into_the_counting_is_counted_once(client, three, monkeypatch, few):
    name = "verdict_counts_of" if few else "verdict_counts"
    counted = getattr(filters, name)
    monkeypatch.setattr(facets, "FEW", few)

    def late(*args, **named):
        decide([Seen(three[0].path, three[0].blob)], actor="Ana", verdict="approve")
        return counted(*args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(filters, name, late)
        client.get("/")

    assert (verdicts(client)["undecided"], verdicts(client)["approved"]) == (2, 1)
    decide([Seen(three[1].path, three[1].blob)], actor="Ana", verdict="approve")
    assert (verdicts(client)["undecided"], verdicts(client)["approved"]) == (1, 2)


def test_counts_of_verdicts_are_asked_once_while_nothing_changes(client, three):
    decide([Seen(three[0].path, three[0].blob)], actor="ana", verdict="approve")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert verdicts(client)["approved"] == 1
        asked.append(sum("review_standing" in one["sql"] and "COUNT(" in one["sql"] for one in queries))

    assert asked == [1, 0]


@pytest.mark.slow
def test_further_pages_of_a_search_show_what_follows(client, make_recording):
    for number in range(60):
        make_recording(f"recordings/{number}.json", asked=f"Question {number}?")
    first, second = (client.get("/", {"q": "question", "page": page}).context["page"] for page in "12")

    assert (len(first.recordings), len(second.recordings), second.first) == (50, 10, 51)
    assert not {one.path for one in first.recordings} & {one.path for one in second.recordings}
    assert client.get("/", {"q": "question kind:chat", "page": "2"})["Location"] == "/?q=question&kind=chat"


@pytest.mark.slow
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "query", ["", "q=many", "q=many&test=test_1", "suite=a", "suite=!a&q=so", "has=test&size=<1k", "model="]
)
def test_page_is_the_same_whoever_puts_it_in_order(client, make_recording, monkeypatch, sort, query):
    for number in range(7):
        asked, test = f"Why {'so ' * (number * 3 % 7)}many?", f"t.py::test_{number % 3}"
        make_recording(f"{'ab'[number % 2]}/recordings/{number}.json", asked=asked, test=test)

    def listed():
        html = client.get(f"/?{query}&sort={sort}").content.decode()
        return list(dict.fromkeys(re.findall(r"/r/[ab]/recordings/\d", html)))

    in_memory = listed()
    monkeypatch.setattr(page_rows, "page_of", lambda *_: None)

    assert listed() == in_memory
    assert len(in_memory) == {"": 7, "q=many": 7, "q=many&test=test_1": 2}.get(query, len(in_memory))


@pytest.mark.slow
def test_further_page_goes_on_where_the_one_before_ends(client, make_recording):
    for number in range(53):
        make_recording(f"a/recordings/{number}.json", asked=f"Question {number}?")
    pages = [client.get(f"/?q=question&sort=-size&page={page}").content.decode() for page in (1, 2)]
    first, second = (set(re.findall(r"/r/a/recordings/\d+\.json", page)) for page in pages)

    assert (len(first), len(second), len(first | second)) == (50, 3, 53)


def test_what_cannot_be_read_has_the_name_of_its_file_where_others_have_a_question(client, make_recording):
    make_recording("tests/recordings/half.json", data=b'{"request": {')

    assert '<span class="asked"><span>half.json</span>' in client.get("/?outcome=unreadable").content.decode()


def told(client, address):
    """Return a page without what is of one request."""
    html = client.get(address).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|indexed [^<&]*', "", html)


def test_a_list_that_was_kept_is_the_one_that_would_be_built_now(client, three, make_recording, monkeypatch):
    """After whatever was done: nothing that a list shows may change without it."""
    seen = [Seen(one.path, one.blob) for one in three]
    addresses = ("/", "/?suite=agents", "/?q=the", "/?state=undecided", "/?tag=golden", "/?per=200&sort=-size")
    acts = (
        lambda: decide(seen[:1], actor="ana", verdict="approve"),
        lambda: decide(seen[:1], actor="ben", verdict="reject", note="wrong"),
        lambda: undo(actor="ben"),
        lambda: tag(seen[:2], actor="ana", name="golden"),
        lambda: labels.recolour("golden", "red", actor="ana"),
        lambda: labels.rename("golden", "gold", actor="ana"),
        lambda: untag(seen[:1], actor="ana", name="gold"),
        lambda: searches.save("mine", "suite:agents", actor="ana"),
        lambda: make_recording("tests/integration/agents/recordings/d.json", asked="And the next?"),
        lambda: make_recording("tests/integration/agents/recordings/d.json", asked="And the last?"),
    )
    before = ""
    for act in (lambda: None, *acts):
        act()
        kept = [told(client, address) for address in addresses for _ in range(2)][1::2]
        with monkeypatch.context() as patch:
            patch.setattr(recordings, "_built", Recent(0))
            assert [told(client, address) for address in addresses] == kept
        assert kept != before
        before = kept


def test_a_list_that_is_asked_for_again_costs_few_queries(client, three):
    decide([Seen(three[0].path, three[0].blob)], actor="ana", verdict="approve")
    client.get("/?q=the")
    with CaptureQueriesContext(connection) as queries:
        client.get("/?q=the")

    assert len(queries) <= 4, [one["sql"] for one in queries]

"""A template's function writes what Django's nodes write, whatever the values are, and raises what they raise."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest
from django.template import Context, Engine
from django.template import engines as configured
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from recviewer import places
from recviewer.templating.loader import CompiledNodes

WORDS = ["recviewer.pages.templatetags.words"]


@dataclass(frozen=True, slots=True)
class Thing:
    name: object = "a <b>"
    count: int = 12_345
    inner: object = None

    @property
    def told(self):
        return f"{self.name}!"

    @property
    def broken(self):
        raise AttributeError("inside")

    def called(self):
        return "from a method"

    def wants(self, more):
        return more

    def drop(self):
        raise AssertionError("a template calls this")

    drop.alters_data = True


class Odd:
    """Looks attributes up in a way of its own."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return f"odd {name}"


class Missing(Exception):
    silent_variable_failure = True


class Failing:
    @property
    def silent(self):
        raise Missing

    @property
    def loud(self):
        raise ZeroDivisionError


VALUES = {
    "text": 'a <b> & "c"',
    "safe": mark_safe("<i>safe</i>"),
    "number": 1_234_567,
    "zero": 0,
    "yes": True,
    "fraction": 1234.5,
    "exact": Decimal("1234.50"),
    "nothing": None,
    "empty": "",
    "some": ["x", "y<", "z"],
    "pairs": [("a", 1), ("b", 2)],
    "table": {"one": 1, "items": "mine", "1": "by text"},
    "thing": Thing(),
    "nested": Thing(inner=Thing(name=mark_safe("<b>"), inner=Thing("deep"))),
    "things": (Thing("one"), Thing("two", 2), Thing("three")),
    "lazy": SimpleLazyObject(lambda: Thing("lazy")),
    "kind": Thing,
    "kinds": [Thing, Odd],
    "odd": Odd(),
    "failing": Failing(),
    "moment": datetime(2026, 4, 16, 12, 30, tzinfo=UTC),
    "day": date(2026, 4, 16),
    "once": lambda: "called",
    "many": (str(number) for number in range(3)),
    "name": "part.html",
    "blocks": "blocks.html",
    "strange": "\u202eright\x00",
}

PIECES = [
    *[f"{{{{ {name} }}}}" for name in VALUES if name not in ("odd", "failing", "many", "lazy", "kinds")],
    *[f"{{% if {name} %}}yes{{% else %}}no{{% endif %}}" for name in (*VALUES, "gone", "gone.deep", "thing.gone")],
    "{{ thing.name }} {{ thing.count }} {{ thing.told }} {{ thing.called }} {{ thing.wants }} {{ thing.drop }}",
    "{{ nested.inner.name }} {{ nested.inner.inner.name }} {{ nested.inner.inner.inner.name }} {{ nested.gone.deep }}",
    "{{ gone }}|{{ gone.deep }}|{{ thing.gone }}|{{ nothing.gone }}|{{ text.gone }}|{{ number.gone }}",
    "{{ gone|default:'none' }} {{ nothing|default:'none' }} {{ gone|length }} {{ thing.gone|visible }} {{ gone|upper }}",
    "{{ thing.broken }}", "{{ failing.silent }}", "{{ failing.loud }}",
    "{% if failing.silent %}a{% else %}b{% endif %}", "{% if failing.loud %}a{% else %}b{% endif %}",
    "{% if not failing.loud %}a{% else %}b{% endif %}", "{% if failing.loud or yes %}a{% else %}b{% endif %}",
    "{{ some.0 }} {{ some.2 }} {{ some.9 }} {{ pairs.1.0 }} {{ some.first }} {{ text.0 }} {{ table.one }} {{ table.items }}",
    "{{ table.1 }} {{ table.gone }} {{ table.keys }} {{ things.1.name }} {{ odd.any }} {{ kind.name }} {{ lazy.name }}",
    "{{ text|upper }} {{ safe|lower }} {{ safe|capfirst }} {{ text|capfirst }} {{ some|join:', ' }} {{ some|join:safe }}",
    "{{ number|add:1 }} {{ number|add:'2' }} {{ text|slice:':3' }} {{ safe|slice:':3' }} {{ number|add:gone }}",
    "{{ moment }} {{ moment|date:'j M Y, H:i' }} {{ day }} {{ moment|when_day }} {{ moment|time:'H:i' }}",
    "{{ number|count }} {{ number|plain }} {{ number|counted:'line' }} {{ text|bdi }} {{ strange|visible }} {{ strange }}",
    "{{ text|urlencode:'' }} {{ number|stringformat:'05d' }} {{ some|length|pluralize }} {{ text|cut:' ' }}",
    "{{ 'literal <' }} {{ 7 }} {{ 7.5 }} {{ 'x'|default:text }} {{ True }} {{ None }}",
    "{% if number > 5 and text == 'a' or not nothing %}1{% elif some %}2{% else %}3{% endif %}",
    "{% if nothing > 5 %}1{% else %}2{% endif %}{% if gone == nothing %}same{% endif %}{% if gone is None %}is{% endif %}",
    "{% if 'x' in some %}in{% endif %}{% if 'x' in nothing %}in{% else %}out{% endif %}",
    "{% if 'q' not in some %}not{% endif %}",
    "{% if number|add:1 == 1234568 %}added{% endif %}{% if some|length > 2 %}many{% endif %}",
    "{% if gone|default:'x' == 'x' %}d{% endif %}",
    "{% if zero %}a{% elif empty %}b{% elif yes %}c{% elif text %}d{% endif %}",
    "{% for one in some %}{{ forloop.counter }}/{{ forloop.revcounter }}{{ forloop.last }}{{ one }}{% endfor %}",
    "{% for one in some %}{% for other in pairs %}{{ forloop.parentloop.counter0 }}{{ forloop.revcounter0 }}{% endfor %}"
    "{{ one }}{% endfor %}",
    "{% for key, value in pairs %}{{ key }}={{ value }}{% if forloop.first %};{% endif %}{% endfor %}{{ key }}{{ one }}",
    "{% for key, value in some %}{{ key }}{% endfor %}", "{% for key, value in zero %}{{ key }}{% empty %}none{% endfor %}",
    "{% for one in nothing %}a{% empty %}none {{ text }}{% endfor %}{% for one in gone %}a{% empty %}none{% endfor %}",
    "{% for one in many %}{{ one }}{{ forloop.revcounter }}{% endfor %}", "{% for one in table %}{{ one }}{% endfor %}",
    "{% for one in number %}a{% endfor %}", "{% for one in kinds %}{{ one.name }}{% endfor %}",
    "{% for text in some %}{{ text }}{% endfor %}{{ text }}", "{% for one in text %}{{ one }}{% endfor %}",
    "{% with one=text two=gone three=thing.inner %}{{ one }}{{ two }}{{ three }}{{ number }}{% endwith %}{{ one }}",
    "{% with text=some %}{% for one in text %}{{ text.0 }}{% endfor %}{% endwith %}{{ text }}",
    "{% with one=once two=kind %}{{ one }}{{ two.name }}{% endwith %}",
    "{% include 'part.html' %}{% include 'part.html' with item=text %}{% include name with item=thing.name %}{{ item }}",
    "{% for one in things %}{% include 'part.html' with item=one.name %}{% endfor %}{% include 'blocks.html' %}",
    "{% include blocks %}{% include 'part.html' with item=gone %}{% include 'part.html' with item=failing.silent %}",
    "{% include 'part.html' only %}", "{% include 'no such' %}", "{% include gone %}", "{% include nothing %}",
    "{% extends 'blocks.html' %}{% block inside %}own {{ text }} {{ block.super }}{% endblock %}",
    "{% extends 'blocks.html' %}{% block inside %}{% for one in some %}{{ one }}{% endfor %}{% endblock %}",
    "{% autoescape off %}{{ text }}{% endautoescape %}{{ text }}", "{% now 'Y' as year %}{{ year|length }}",
    "{% hint 'k' %}{% hint text %}{% icon 'warn' 'bad' %}{% icon thing.name %}{% icon gone %}",
    "{% load static %}{% static 'img/sprite.svg' %}{% static text %}{% static gone %}",
    "{% url 'recordings:listing' %}{% url 'recording:show' key=name %}", "{% url 'no:such' %}",
    "{% url 'recordings:listing' as there %}{{ there }}", "{% csrf_token %}{# a comment #}{% comment %}x{% endcomment %}",
    "{{ template_name }}{{ autoescape }}{{ dicts }}{{ request }}{{ False }}{% widthratio number 10 5 %}",
    "{% firstof nothing text %}{% spaceless %}<a> </a>{% endspaceless %}{% cycle 'a' 'b' %}",
]  # fmt: skip

PARTS = {
    "part.html": "[{{ item }}{% if forloop.last %}last{% endif %}{{ text }}]",
    "blocks.html": "before {% block inside %}inside {{ text }}{% endblock %} after {{ number }}",
}


@cache
def engine(*, ours, **options):
    """Return an engine that knows all pieces by their number, and the parts: ours, or Django's own."""
    known = PARTS | {str(number): piece for number, piece in enumerate(PIECES)}
    plain = ("django.template.loaders.locmem.Loader", known)
    loaders = [("recviewer.templating.loader.TemplateLoader", [plain])] if ours else [plain]
    return Engine(loaders=loaders, builtins=WORDS, libraries={"static": "django.templatetags.static"}, **options)


def outcome(engine, piece, **words):
    """Return what a template writes, or how it fails."""
    values = VALUES | {"many": (str(number) for number in range(3))}
    try:
        return engine.get_template(str(PIECES.index(piece))).render(Context(values, **words))
    except Exception as error:
        return type(error), re.sub("0x[0-9a-f]+", "", str(error))


@pytest.mark.parametrize("piece", PIECES)
def test_a_function_writes_what_the_nodes_write(piece):
    for invalid in ("", "INVALID", "INVALID %s"):
        django, ours = (engine(ours=one, string_if_invalid=invalid) for one in (False, True))
        assert outcome(ours, piece) == outcome(django, piece)
        assert outcome(ours, piece) == outcome(django, piece)  # and the second time


@pytest.mark.parametrize("piece", PIECES)
def test_without_escaping_all_is_left_to_the_nodes(piece):
    django, ours = (engine(ours=one) for one in (False, True))
    assert outcome(ours, piece, autoescape=False) == outcome(django, piece, autoescape=False)


def test_what_is_debugged_is_left_to_django():
    assert not isinstance(engine(ours=True, debug=True).get_template("0").nodelist, CompiledNodes)
    assert isinstance(engine(ours=True).get_template("0").nodelist, CompiledNodes)


LEFT = {"bar/_toasts.html", "changes/_report_links.html", "changes/end.html", "changes/pair.html"}
"""Templates with nodes that are left to Django: `now`, `url as`, `widthratio`."""


@pytest.mark.slow
def test_each_template_of_ours_is_written_by_functions():
    templates, left = places.ASSETS / "templates", set()
    for path in sorted(templates.rglob("*.html")):
        name = path.relative_to(templates).as_posix()
        nodes = configured["django"].engine.get_template(name).nodelist
        some = [block.nodelist for block in nodes.get_nodes_by_type(BlockNode)]
        some += [] if nodes.get_nodes_by_type(ExtendsNode) else [nodes]
        left |= {name for one in some if not isinstance(one, CompiledNodes)}
    assert left == LEFT

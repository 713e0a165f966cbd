"""Addresses: every page is found, and none hides another."""

import importlib
import pkgutil

import pytest
from django.urls import get_resolver, resolve, reverse
from django.urls.converters import IntConverter, PathConverter

from recviewer import pages, urls

SAMPLES = {"spec": "main...topic", "blob": "0" * 40, "given": "b.py::test_c[d]"}
"""What stands in addresses under some names; under any other name, what its converter takes."""
TAKEN = {PathConverter: "a/recordings/one.json", IntConverter: 7}


def sample_of(name, converter):
    return SAMPLES.get(name) or TAKEN.get(type(converter), "0123456789ab")


def modules():
    for folder in pkgutil.iter_modules(pages.__path__, "recviewer.pages."):
        if folder.ispkg:
            package = importlib.import_module(folder.name)
            yield from [one.name for one in pkgutil.iter_modules(package.__path__, f"{folder.name}.")]


def every_address():
    for space in urls.urlpatterns:
        for one in getattr(space, "url_patterns", ()):
            if getattr(one, "name", None) and getattr(space, "namespace", None):
                yield pytest.param(space.namespace, one, id=f"{space.namespace}:{one.name}")


@pytest.mark.parametrize(("space", "address"), list(every_address()))
def test_an_address_leads_to_its_own_page(space, address):
    sample = {name: sample_of(name, one) for name, one in address.pattern.converters.items()}

    found = resolve(reverse(f"{space}:{address.name}", kwargs=sample))

    assert (found.namespace, found.url_name) == (space, address.name)


def test_what_has_addresses_names_their_space():
    for name in modules():
        page = importlib.import_module(name)
        assert hasattr(page, "app_name") == hasattr(page, "urlpatterns"), name


def test_names_of_addresses_stand_once():
    names = [(space.values[0], space.values[1].name) for space in every_address()]

    assert len(names) == len(set(names)) > 50


@pytest.mark.parametrize("name", ["login", "logout"])
def test_signing_in_has_no_space(name):
    assert reverse(name) == f"/{name}/"
    assert get_resolver().namespace_dict.keys() >= {"recordings", "recording", "changes", "review"}

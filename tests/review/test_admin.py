"""The admin is there only on hosted instances and in debug mode: here it is put beside the app for the tests."""

import sys
import types

import pytest
from django.urls import clear_url_caches, include, path

from recviewer.review import notes
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, Note, Tag, TrashRecord
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag

MODELS = [AuditEvent, Decision, Note, Tag, TrashRecord]


@pytest.fixture
def with_admin(settings, db, root, monkeypatch):
    settings.INSTALLED_APPS = ["django.contrib.admin", *settings.INSTALLED_APPS]
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "string_if_invalid": ""}
    settings.TEMPLATES = [{**engine, "APP_DIRS": True, "OPTIONS": options}]
    from django.contrib import admin

    admin.autodiscover()
    urls = types.ModuleType("urls_with_admin")
    urls.urlpatterns = [path("admin/", admin.site.urls), path("", include("recviewer.urls"))]
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    settings.ROOT_URLCONF = urls.__name__
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture
def reviewed(make_recording):
    recording = make_recording()
    seen = Seen(recording.path, recording.blob)
    decide([seen], actor="Ana", verdict="approve")
    tag([seen], actor="Ana", name="golden")
    notes.write(seen, actor="Ana", body="<why>")


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_superusers_read_and_search(with_admin, reviewed, admin_client, model):
    address = f"/admin/review/{model._meta.model_name}/"

    listed = admin_client.get(address, {"q": "a"})
    assert listed.status_code == 200
    assert "<why>" not in listed.content.decode()
    for row in model.objects.all()[:1]:
        shown = admin_client.get(f"{address}{row.pk}/change/").content.decode()
        assert "Save" not in shown
        assert "Delete" not in shown


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_changes_anything(with_admin, reviewed, admin_client, model):
    address, count = f"/admin/review/{model._meta.model_name}/", model.objects.count()
    row = model.objects.first()

    assert admin_client.get(f"{address}add/").status_code == 403
    assert admin_client.post(f"{address}add/", {}).status_code == 403
    if row:
        assert admin_client.post(f"{address}{row.pk}/change/", {}).status_code == 403
        assert admin_client.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        admin_client.post(address, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.count() == count


def test_staff_that_are_no_superusers_see_nothing(with_admin, reviewed, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("eve", is_staff=True))

    assert client.get("/admin/review/auditevent/").status_code == 403


def test_strangers_are_sent_to_the_login(with_admin, client):
    assert client.get("/admin/").status_code == 302


def test_there_is_no_admin_on_a_laptop(client, db, root):
    assert client.get("/admin/").status_code == 404

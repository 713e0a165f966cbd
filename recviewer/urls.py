"""All addresses. Each page module lists its own; a recording's key may hold any character but NUL."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from recviewer.pages.deciding import activity, decisions, notes, plan, tags, trash
from recviewer.pages.difference import comparing
from recviewer.pages.history import history
from recviewer.pages.ranges import range_plan, reporting, routes
from recviewer.pages.recording import permalink, recording
from recviewer.pages.recordings import bulk, queue, recordings
from recviewer.pages.site import login, status

urlpatterns = [
    path("", include((recordings.urlpatterns, "recordings"))),
    path("", include((recording.urlpatterns + permalink.urlpatterns, "recording"))),
    path("", include((history.urlpatterns, "history"))),
    path("", include((decisions.urlpatterns, "review"))),
    path("", include((bulk.urlpatterns, "bulk"))),
    path("", include((routes.urlpatterns, "changes"))),
    path("", include((reporting.urlpatterns, "report"))),
    path("", include((comparing.urlpatterns, "difference"))),
    path("", include((queue.urlpatterns, "queue"))),
    path("", include((notes.urlpatterns, "notes"))),
    path("", include((plan.urlpatterns + range_plan.urlpatterns, "plan"))),
    path("", include((tags.urlpatterns, "tags"))),
    path("", include((trash.urlpatterns, "trash"))),
    path("", include((activity.urlpatterns, "activity"))),
    path("", include((status.urlpatterns, "status"))),
    path("", include(login.urlpatterns)),
]

if settings.HAS_ADMIN:
    from django.contrib import admin

    urlpatterns.append(path("admin/", include([path("login/", login.of_admin)])))
    urlpatterns.append(path("admin/", admin.site.urls))

handler404 = "recviewer.pages.site.errors.not_found"
handler500 = "recviewer.pages.site.errors.server_error"

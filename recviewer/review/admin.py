"""What people said, in Django's admin: superusers can search and read it, but change nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from recviewer.review.models import AuditEvent, Decision, Note, SavedSearch, Suppression, Tag, TrashRecord

admin.site.site_header = admin.site.site_title = "recviewer"
admin.site.index_title = "What people said and did"


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # it takes none at run time
    """Shows rows to superusers, read-only: every change goes through an action that can be undone."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ("at", "actor", "action", "summary", "count")
    list_filter = ("action", "actor", "at")
    search_fields = ("summary", "actor", "items__path")
    ordering = ("-pk",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("at", "reviewer", "verdict", "path", "note")
    list_filter = ("verdict", "reviewer", "kind", "at")
    search_fields = ("path", "test_id", "note", "reviewer", "fingerprint", "blob")
    ordering = ("-pk",)


@admin.register(Tag)
class TagAdmin(ReadOnly):
    list_display = ("name", "colour", "changed_at")
    list_filter = ("colour",)
    search_fields = ("name",)
    ordering = ("folded",)


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly):
    list_display = ("name", "query", "author", "changed_at")
    list_filter = ("author", "changed_at")
    search_fields = ("name", "query")
    ordering = ("folded",)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    list_display = ("rule", "scope", "subject", "reason", "until", "author", "changed_at", "is_lifted")
    list_filter = ("rule", "scope", "is_lifted", "changed_at")
    search_fields = ("subject", "reason", "author")
    ordering = ("-pk",)


@admin.register(Note)
class NoteAdmin(ReadOnly):
    list_display = ("at", "author", "path", "anchor", "body", "resolved_by")
    list_filter = ("author", "resolved_at", "withdrawn_at", "at")
    search_fields = ("body", "path", "author")
    ordering = ("-pk",)


@admin.register(TrashRecord)
class TrashRecordAdmin(ReadOnly):
    list_display = ("at", "actor", "path", "size", "restored_at", "discarded_at")
    list_filter = ("actor", "restored_at", "discarded_at", "at")
    search_fields = ("path", "test_id", "actor", "blob")
    ordering = ("-pk",)

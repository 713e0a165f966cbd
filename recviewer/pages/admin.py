"""Accounts in Django's admin, with their roles. For superusers."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from recviewer.pages.models import Membership


class MembershipInline(admin.StackedInline):  # type: ignore[type-arg]  # it takes none at run time
    model = Membership
    can_delete = False
    verbose_name_plural = "what the account may do (a viewer, where nothing is said)"


admin.site.unregister(User)


@admin.register(User)
class MemberAdmin(UserAdmin):  # type: ignore[type-arg]  # it takes none at run time
    inlines = (MembershipInline,)
    list_display = ("username", "role", "is_superuser", "is_active", "last_login")
    list_select_related = ("membership",)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        membership = getattr(user, "membership", None)
        return "superuser" if user.is_superuser else membership.role if membership else "viewer"

"""Messages for the next page, in a cookie below the prefix of this instance."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponseBase

from recviewer.serving.url_prefix import cookie


class MessagesBelow(CookieStorage):
    """Django's storage, which otherwise sends its cookie to every path of the host, and so to other instances there."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return cookie("messages", settings.PREFIX)

    def _update_cookie(self, encoded_data: str, response: HttpResponseBase) -> None:
        super()._update_cookie(encoded_data, response)  # type: ignore[misc]  # unknown to its stubs
        response.cookies[self.cookie_name]["path"] = settings.SESSION_COOKIE_PATH

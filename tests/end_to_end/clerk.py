"""A clerk at the hotline's pages, by plain HTTP."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

from tests.end_to_end.stack import Stack


class Clerk:
    """A member of the hotline at the desk, logged in; the demo's own unless another is named."""

    def __init__(self, stack: Stack, login: str = "", password: str = "") -> None:
        self.web = stack.web
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        if not login:
            login, password = stack.clerk()
        self.post("/desk/login", {"login": login, "password": password})

    def get(self, path: str) -> str:
        with self.opener.open(self.web + path, timeout=20) as page:
            return page.read().decode()

    def post(self, path: str, form: dict[str, str]) -> str:
        data = urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(self.web + path, data, timeout=20) as page:
                return page.read().decode()
        except urllib.error.HTTPError as refused:
            raise AssertionError(refused.read().decode()) from refused

    @staticmethod
    def hidden(page: str) -> dict[str, str]:
        """The hidden fields of a page's forms."""
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))

"""A browser without a screen: enough of one to be launched into the tool, and to read its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from urllib.parse import urljoin

import requests
from requests.cookies import RequestsCookieJar

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page, with what the page put into it."""

    method: str
    action: str
    fields: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Form(action={self.action!r})"


class _Page(HTMLParser):
    """Collects the frame and the forms of a page, a select with its chosen option."""

    def __init__(self) -> None:
        super().__init__()
        self.frame: str | None = None
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "iframe":
            self.frame = said.get("src")
        elif tag == "form":
            self.forms.append((said.get("method") or "get", said.get("action") or "", {}))
        elif not self.forms:
            return
        elif tag == "input" and name and ("checked" in said or said.get("type") != "checkbox"):
            self.forms[-1][2][name] = said.get("value") or ""
        elif tag == "select":
            self._select = name
            self.forms[-1][2].setdefault(name, "")
        elif tag == "option" and self._select and "selected" in said:
            self.forms[-1][2][self._select] = said.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


class Visitor:
    """One person's browser, with a cookie jar of its own.

    As in a browser, loopback counts as secure: a `Secure` cookie is kept and sent there.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._session.cookies = RequestsCookieJar(policy)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def open(self, address: str) -> requests.Response:
        """Open an address, redirects followed."""
        return self._session.get(address, timeout=TIMEOUT_SECONDS)

    def submit(
        self, page: requests.Response, changes: Mapping[str, str] | None = None, number: int = 0
    ) -> requests.Response:
        """Fill in a form of `page` and send it, redirects followed."""
        form = forms(page)[number]
        fields = {**form.fields, **(changes or {})}
        if form.method.lower() == "post":
            return self._session.post(form.action, data=fields, timeout=TIMEOUT_SECONDS)
        return self._session.get(form.action, params=fields, timeout=TIMEOUT_SECONDS)

    def launch(self, page_address: str) -> requests.Response:
        """Open a page of the demo MIS and follow its frame through the launch into the tool."""
        page = self.open(page_address)
        inside = frame(page)
        if inside is None:
            return page
        signed = self.open(inside)
        return self.submit(signed) if forms(signed) else signed


def frame(page: requests.Response) -> str | None:
    """Return the address inside the page's frame, None where it has none."""
    read = _read(page)
    return urljoin(page.url, read.frame) if read.frame else None


def forms(page: requests.Response) -> list[Form]:
    """Return the page's forms, their addresses made whole."""
    return [
        Form(method, urljoin(page.url, action), fields)
        for method, action, fields in _read(page).forms
    ]


def _read(page: requests.Response) -> _Page:
    read = _Page()
    read.feed(page.text)
    return read

"""A browser without a screen: enough of one to be launched into the tool, and to read its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page, with what the page put into it."""

    method: str
    action: str
    fields: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Form(action={self.action!r})"


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser shows in the end, redirects followed."""

    url: str
    status: int
    headers: Mapping[str, str]
    text: str

    def __repr__(self) -> str:
        return f"Page(status={self.status})"


class _Reader(HTMLParser):
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
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._cookies = CookieJar(policy)
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self._cookies))

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie, None where no page has set it."""
        return next((cookie.value for cookie in self._cookies if cookie.name == name), None)

    def open(self, address: str, posted: Mapping[str, str] | None = None) -> Page:
        """Open an address, redirects followed; `posted` is sent as a form. Raises OSError."""
        body = urlencode(posted).encode() if posted is not None else None
        try:
            answer = self._opener.open(address, body, TIMEOUT_SECONDS)
        except HTTPError as refused:
            answer = refused
        with answer:
            return Page(answer.url, answer.status, answer.headers, answer.read().decode())

    def submit(self, page: Page, changes: Mapping[str, str] | None = None, number: int = 0) -> Page:
        """Fill in a form of `page` and send it, redirects followed."""
        form = forms(page)[number]
        fields = {**form.fields, **(changes or {})}
        if form.method.lower() == "post":
            return self.open(form.action, fields)
        return self.open(f"{form.action}?{urlencode(fields)}")

    def launch(self, page_address: str) -> Page:
        """Open a page of the demo MIS and follow its frame through the launch into the tool."""
        page = self.open(page_address)
        inside = frame(page)
        if inside is None:
            return page
        signed = self.open(inside)
        return self.submit(signed) if forms(signed) else signed


def frame(page: Page) -> str | None:
    """Return the address inside the page's frame, None where it has none."""
    read = _read(page)
    return urljoin(page.url, read.frame) if read.frame else None


def forms(page: Page) -> list[Form]:
    """Return the page's forms, their addresses made whole."""
    return [
        Form(method, urljoin(page.url, action), fields)
        for method, action, fields in _read(page).forms
    ]


def _read(page: Page) -> _Reader:
    read = _Reader()
    read.feed(page.text)
    return read

"""The browser without a screen reads forms as a browser would send them."""

from __future__ import annotations

from mis_bridge.demo.visitor import Page, forms, frame

HTML = """
<iframe title="t" src="/inside?a=1&amp;b=2"></iframe>
<form action="/find"><input name="q" value="ŵ"></form>
<form method="post" action="/save">
  <input name="plain" value="1"><input name="empty">
  <input type="checkbox" name="off" value="yes">
  <input type="checkbox" name="on" value="yes" checked>
  <select name="chosen"><option value="a">A</option><option value="b" selected>B</option></select>
  <select name="unchosen"><option value="a">A</option></select>
  <button type="submit">Save</button>
</form>
"""


def page(text: str) -> Page:
    return Page("http://localhost:1/here", 200, {}, text)


def test_the_frame_and_every_form_are_found_with_whole_addresses() -> None:
    assert frame(page(HTML)) == "http://localhost:1/inside?a=1&b=2"
    assert [(form.method, form.action) for form in forms(page(HTML))] == [
        ("get", "http://localhost:1/find"),
        ("post", "http://localhost:1/save"),
    ]


def test_fields_are_as_the_page_set_them() -> None:
    assert dict(forms(page(HTML))[0].fields) == {"q": "ŵ"}
    assert dict(forms(page(HTML))[1].fields) == {
        "plain": "1",
        "empty": "",
        "on": "yes",
        "chosen": "b",
        "unchosen": "",
    }


def test_a_page_without_a_frame_has_none() -> None:
    assert frame(page("<p>plain</p>")) is None

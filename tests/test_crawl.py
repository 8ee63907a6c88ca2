"""Whoever follows each link, as a visitor or as an owner, meets no dead end."""

from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup

from tests.server import Staff, Stranger


def crawl(client, start):
    """Return each document by its address, of one query each; all of them answer."""
    documents, to_visit = {}, [start]
    while to_visit:
        path, fragment = urldefrag(to_visit.pop())
        bare = urlsplit(path).path
        if bare not in documents:
            answer = client.ask(path)
            while answer.status in (301, 302):
                answer = client.ask(urljoin(path, answer.headers["Location"]))
            assert answer.status == 200, path
            documents[bare] = page = BeautifulSoup(answer.body, "html.parser")
            linked = [it.get("href") or it.get("src") for it in page.find_all(True)]
            absolute = [urljoin(path, it) for it in linked if it]
            to_visit += [it for it in absolute if it.startswith("/")]
        assert not fragment or documents[bare].find(id=fragment), (path, fragment)
    return documents


def test_a_visitor_reaches_every_page(site):
    pages = crawl(Stranger(site), "/")

    assert len([path for path in pages if path.endswith("/")]) == 7


def test_an_owner_reaches_every_page_of_the_admin(site):
    site.manage("intake", "closed")

    pages = crawl(Staff(site), "/admin/")

    for name in ("auth/user/add/", "pages/clinic/1/change/", "second-step/"):
        assert f"/admin/{name}" in pages

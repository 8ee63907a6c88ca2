"""Whoever is added without a password is sent a link to choose one."""

import re

from tests.server import Site, Staff, Stranger, wait_until
from tests.test_signing_in import mail_server  # noqa: F401 (a fixture)

ADD = "/admin/auth/user/add/"
LINK = re.compile(r"http://[^/]+(/admin/reset/\S+)")


def test_new_staff_choose_a_password_by_the_link_that_was_sent(tmp_path, mail_server):  # noqa: F811
    port = mail_server.server_address[1]
    url = f"smtp://desk%40example.org:@127.0.0.1:{port}"
    with Site(tmp_path / "data", EMAIL_URL=url).prepare() as site:
        owner, bo = Staff(site), Stranger(site)
        new = {"username": "bo", "email": "bo@example.org", "usable_password": "false"}
        form = owner.fill(ADD, **new, is_superuser=None, groups=None)
        added = owner.send(ADD, form)
        bo.post("/admin/reset/", email="bo@example.org")  # lost it: asks for another
        wait_until(lambda: len(mail_server.received) == 2)
        again, invitation = sorted(mail_server.received, key=lambda it: "as bo" in it)
        form = bo.ask(LINK.search(again)[1]).headers["Location"]
        bo.post(form, new_password1="new secret 9", new_password2="new secret 9")
        bo.post("/admin/login/", username="bo", password="new secret 9")
        signed_in = bo.ask("/admin/")

    assert added.status == 302
    assert "sign in to the website’s staff pages as bo" in invitation
    assert LINK.search(invitation)
    assert signed_in.status == 200
    assert "Visitors see" in signed_in.text

"""Only clerks come in, and only through the login."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest
from desk_clerk import PASSWORD, Clerk, Page, clerk_at
from desk_world import Reply, Site, World, open_site, suspect
from sqlalchemy import update

from complaints.storage.tables import StaffAccount
from desk.pages import create_pages
from desk.pages import login as pages_login
from desk.pages.login_tries import LoginTries

WRONG = "账号或密码不正确。"


def cookie_of(reply: Reply) -> str:
    return str(reply.headers["Set-Cookie"])


def test_with_the_right_password_the_list_opens(site: Site) -> None:
    clerk = clerk_at(site)
    entered = clerk.log_in()
    assert (entered.status, entered.location) == (303, "/desk/")
    assert "林溪" in clerk.open("/desk/").words


def test_the_cookie_is_for_these_pages_and_out_of_reach_of_scripts(site: Site) -> None:
    cookie = SimpleCookie(cookie_of(clerk_at(site).log_in()))["jiesu_desk"]
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/desk")
    assert not cookie["secure"]


def test_where_browsers_come_by_https_the_cookie_goes_no_other_way(world: World) -> None:
    with open_site(world, secure_cookies=True) as site:
        cookie = SimpleCookie(cookie_of(clerk_at(site).log_in()))["jiesu_desk"]
    assert cookie["secure"] is True


def test_a_wrong_password_an_unknown_and_a_disabled_account_look_the_same(
    site: Site, world: World
) -> None:
    clerk = clerk_at(site)
    clerk_at(site, login="gone")
    with world.storage.write() as session:
        session.execute(
            update(StaffAccount).where(StaffAccount.login == "gone").values(disabled=True)
        )
    tries = [("lin", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("", ""), ("a\x00b", "x")]
    for login, password in tries:
        refused = clerk.log_in(login, password)
        assert refused.status == 403
        assert WRONG in refused.text
        assert "Set-Cookie" not in refused.headers
        assert password not in re.findall(r'value="([^"]+)"', refused.text)


def test_after_five_wrong_tries_a_login_must_wait_a_quarter_of_an_hour(
    site: Site, world: World
) -> None:
    clerk = clerk_at(site)
    clerk_at(site, login="other")
    assert [clerk.log_in(password="wrong").status for _ in range(5)] == [403] * 5
    assert clerk.log_in().status == 429
    assert clerk.log_in(login="other").status == 303
    world.moment += timedelta(minutes=14)
    assert clerk.log_in().status == 429
    world.moment += timedelta(minutes=1)
    assert clerk.log_in().status == 303


def test_many_tries_at_once_get_no_more_looks_than_one_after_the_other(site: Site) -> None:
    clerk_at(site)
    form = {"data": {"login": "lin", "password": "wrong"}}
    replies = site.ask_together(*[("POST", "/desk/login", form)] * 12)
    assert sorted(reply.status for reply in replies) == [403] * 5 + [429] * 7


def test_a_stranger_cannot_lock_a_clerk_out(site: Site) -> None:
    clerk = clerk_at(site)
    wrong = [clerk.log_in(password="wrong", address="a stranger's").status for _ in range(15)]
    assert wrong == [403] * 5 + [429] * 10
    assert clerk.log_in().status == 303


def test_tries_of_one_login_from_everywhere_end_too(site: Site) -> None:
    clerk = clerk_at(site)
    wrong = [clerk.log_in(password="wrong", address=f"no. {n}").status for n in range(51)]
    assert wrong == [403] * 50 + [429]


def test_one_address_gets_twenty_looks_a_minute_under_whatever_names(
    site: Site, world: World
) -> None:
    flood = [
        ("POST", "/desk/login", {"data": {"login": f"x{n}", "password": "p"}}) for n in range(40)
    ]
    replies = site.ask_together(*flood)
    assert sorted(reply.status for reply in replies) == [403] * 20 + [429] * 20
    clerk = clerk_at(site)
    assert clerk.log_in(address="elsewhere").status == 303
    assert "请 1 分钟后再试" in clerk.log_in().text
    world.moment += timedelta(minutes=1)
    assert clerk.log_in().status == 303


def test_few_passwords_are_looked_at_at_once_and_a_crowd_is_sent_away(
    site: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, most = [0], [0]

    def slow_look(*_given: object) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.01)
        now[0] -= 1

    monkeypatch.setattr(pages_login, "log_in", slow_look)
    form = {"login": "x", "password": "p"}
    crowd = [
        ("POST", "/desk/login", {"data": form | {"login": f"x{n}"}, "headers": {"X-From": str(n)}})
        for n in range(60)
    ]
    replies = site.ask_together(*crowd)
    assert most[0] <= 2
    assert {reply.status for reply in replies} <= {403, 503}
    sent_away = [reply for reply in replies if reply.status == 503]
    assert all("现在登录的人多" in reply.text for reply in sent_away)
    assert clerk_at(site).log_in().status == 403  # nobody is left in the queue


def test_a_crowd_of_names_does_not_make_each_try_slow() -> None:
    tries, now = LoginTries(), datetime(2026, 11, 22, tzinfo=UTC)
    for n in range(30_000):
        tries.begin(f"x{n}", f"address {n // 10}", now)
    began = time.process_time()
    for n in range(100):
        tries.begin(f"y{n}", f"another {n}", now)
    assert time.process_time() - began < 0.1  # rebuilding such a table takes longer each time
    later = now + timedelta(minutes=20)
    assert tries.begin("late", "late", later) == 0
    assert len(tries._of_login._seen) == 1


def test_a_right_password_clears_the_count(site: Site) -> None:
    clerk = clerk_at(site)
    for _ in range(3):
        for _ in range(4):
            clerk.log_in(password="wrong")
        assert clerk.log_in().status == 303


def test_who_logs_out_is_out_even_with_the_old_cookie(site: Site, clerk: Clerk) -> None:
    old = next(cookie.value for cookie in site.client.session.cookie_jar)
    left = clerk.send(clerk.open("/desk/"), "/logout")
    assert (left.status, left.location) == (303, "/desk/login?notice=out")
    assert "已退出" in clerk.open(left.location).words
    replayed = site.ask("GET", "/desk/", headers={"Cookie": f"jiesu_desk={old}"})
    assert replayed.status == 303


def test_after_eight_hours_the_session_is_over_and_the_page_says_so(
    world: World, clerk: Clerk
) -> None:
    world.moment += timedelta(hours=8)
    sent_away = clerk.site.ask("GET", "/desk/")
    assert (sent_away.status, sent_away.location) == (303, "/desk/login?notice=expired")
    assert "登录已过期" in clerk.open(sent_away.location).words


def _filled_in(path: str) -> str:
    given = {"number": "JS2026112000000001", "step": "dispatch", "id": "1", "ref": "ab"}
    return re.sub(r"\{(\w+)\}", lambda name: given[name[1]], path)


def routes(world: World) -> list[tuple[str, str, str | None]]:
    app = create_pages(world.storage, world.rules, suspect)
    return [
        (route.method, _filled_in(route.resource.canonical), name)
        for route in app.router.routes()
        if route.resource
        for name in [route.resource.name]
    ]


def test_every_route_but_login_and_styles_sends_strangers_to_the_login(
    site: Site, world: World
) -> None:
    closed = [(m, path) for m, path, name in routes(world) if name not in ("login", "static")]
    assert len(closed) >= 7
    for method, path in [*closed, ("GET", "/nowhere"), ("PUT", "/login"), ("DELETE", "/")]:
        sent_away = site.ask(method, f"/desk{path}")
        assert (sent_away.status, sent_away.location) == (303, "/desk/login"), (method, path)
    assert site.ask("GET", "/desk/login").status == 200
    assert site.ask("GET", "/desk/static/desk.css").status == 200


@pytest.mark.parametrize("cookie", ["x", "y" * 43, "é" * 30, "'; drop table"])
def test_an_invented_cookie_opens_nothing(site: Site, cookie: str) -> None:
    headers = {"Cookie": f"jiesu_desk={cookie}"}
    assert site.ask("GET", "/desk/", headers=headers).status == 303


def test_every_form_needs_the_token_of_the_session(site: Site, world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    posts = [path for method, path, name in routes(world) if method == "POST" and name != "login"]
    assert len(posts) >= 4
    for path in posts:
        address = "/desk" + path.replace("JS2026112000000001", number)
        for csrf in ({}, {"csrf": ""}, {"csrf": "x" * 32}, {"csrf": "钥匙"}):
            refused = site.ask("POST", address, data=csrf | {"version": "1", "kind": "enrolment"})
            assert refused.status == 403, address
            assert "刷新后重新提交" in Page(refused).words
    assert len(clerk.open(f"/desk/tickets/{number}").words.split("登记举报")) == 2


def test_another_site_cannot_log_a_clerk_in(site: Site) -> None:
    clerk_at(site)
    form = {"login": "lin", "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert site.ask("POST", "/desk/login", data=form, headers=headers).status == 403


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x" * 120_000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 50, "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=%ff&login=%00", "application/x-www-form-urlencoded", 403),
        (b'{"login": "lin"}', "application/json", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
    ],
    ids=["too large", "too many fields", "not text", "json", "multipart"],
)
def test_strange_forms_are_refused_on_a_page(
    site: Site, body: bytes, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type}
    refused = site.ask("POST", "/desk/login", data=body, headers=headers)
    assert refused.status == status
    assert 'role="alert"' in refused.text


def test_every_answer_carries_the_safety_headers(site: Site, clerk: Clerk) -> None:
    for path in ("/desk/login", "/desk/", "/desk/nowhere", "/desk/static/desk.css"):
        headers = site.ask("GET", path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        wanted = "no-cache" if "static" in path else "no-store"
        assert headers["Cache-Control"] == wanted


def test_pages_have_no_script_and_no_inline_style(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    for path in ("/desk/login", "/desk/", f"/desk/tickets/{number}", "/desk/nowhere"):
        text = clerk.site.ask("GET", path).text
        assert '<html lang="zh-CN">' in text
        assert not re.search(r"<script|<style|style=|onclick", text)


def test_unknown_pages_and_methods_are_told_in_chinese(site: Site, clerk: Clerk) -> None:
    missing = clerk.open("/desk/nowhere")
    assert missing.status == 404
    assert "没有这个页面" in missing.words
    assert site.ask("GET", "/desk/static/../app.py").status == 404
    assert site.ask("GET", "/desk/static/nothing.css").status == 404
    token = clerk.open("/desk/").forms[0].fields["csrf"]
    assert site.ask("POST", "/desk/", data={"csrf": token}).status == 405

"""The parents' page in a real browser, against a small server with scripted answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.conftest import CHROMIUM

STATIC = Path(__file__).parents[2] / "bot" / "edge" / "static"
RECEIPT = "4821907735160248"
GROUPED = "4821 9077 3516 0248"
HELD = 0  # in a script: the answer waits until the test releases it
# Makes the pauses between retries short, so that nobody waits for them.
HURRY = (
    "const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, Math.min(ms, 50) + ms / 30)"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium")
expect.set_options(timeout=15_000)  # ms; a busy machine is slow, not wrong


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "buttons": [], "asks": None, "receipt": None, "citations": [], **more}


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "button": f"id-of-{title}"} for title in titles]


def problem(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"code": "any", "message": message}}


@dataclass
class Server:
    """Answers messages from `script` (then with 好的), and keeps what it was asked."""

    address: str = ""
    sessions: int = 0
    script: list[tuple[int, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def will_say(self, *replies: dict[str, Any]) -> None:
        self.script.append((200, {"replies": list(replies)}))

    async def page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def session(self, request: web.Request) -> web.Response:
        self.sessions += 1
        return web.json_response({"session": f"token-{self.sessions}"})

    async def message(self, request: web.Request) -> web.Response:
        self.asked.append({**await request.json(), "as": request.headers["Authorization"]})
        status, body = self.script.pop(0) if self.script else (200, {"replies": [reply("好的")]})
        if status == HELD:
            await asyncio.to_thread(self.released.wait, 20)
            status = 200
        return web.json_response(body, status=status)

    async def no_news(self, request: web.Request) -> web.Response:
        return web.json_response({"news": []})

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self.page)
        app.router.add_static("/static", STATIC)
        app.router.add_post("/chat/session", self.session)
        app.router.add_post("/chat/message", self.message)
        app.router.add_get("/chat/news", self.no_news)
        app.on_response_prepare.append(_only_own_sources)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _only_own_sources(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = "default-src 'self'"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    server, loop = Server(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    running.script, running.asked, running.sessions = [], [], 0
    running.released.clear()
    yield running
    running.released.set()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(HURRY)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.extend(_unscripted(line)))
    page.goto(server.address)
    yield page
    context.close()
    assert complaints == []


def _unscripted(line: ConsoleMessage) -> list[str]:
    """An error in the console, but for the browser's note of a failure that a test arranged."""
    arranged = line.location["url"].endswith("/chat/message")
    return [line.text] if line.type == "error" and not arranged else []


def say(page: Page, text: str) -> None:
    page.get_by_label("您要说的话").fill(text)
    page.get_by_role("button", name="发送").click()


def bot(page: Page) -> Any:
    """The last bubble of the bot."""
    return page.locator("#log .bot .bubble").last


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify({...sessionStorage})"))


def test_text_is_sent_under_the_session_and_the_answer_shown(page: Page, server: Server) -> None:
    server.will_say(reply("第一行\n第二行", asks="when"))
    say(page, "启明星数学周六上午还在上课")
    expect(bot(page)).to_have_text("第一行\n第二行", use_inner_text=True)
    expect(page.locator("#log .parent .bubble")).to_have_text("启明星数学周六上午还在上课")
    (asked,) = server.asked
    assert asked["text"] == "启明星数学周六上午还在上课"
    assert asked["as"] == "Bearer token-1"
    assert UUID(asked["message_id"]).version == 4
    assert "button" not in asked
    expect(page.get_by_label("您要说的话")).to_be_focused()
    expect(page.get_by_label("您要说的话")).to_have_attribute("placeholder", "例如：每周六上午")


def test_a_button_sends_its_id_and_earlier_buttons_close(page: Page, server: Server) -> None:
    server.will_say(reply("说的是哪一类？", buttons=buttons("超时培训", "乱收费"), asks="kind"))
    server.will_say(reply("对吗？", buttons=buttons("对", "不对"), asks="confirm"))
    say(page, "补课")
    page.get_by_role("button", name="乱收费").click()
    expect(bot(page)).to_have_text("对吗？")
    assert server.asked[1]["button"] == "id-of-乱收费"
    assert "text" not in server.asked[1]
    assert server.asked[1]["message_id"] != server.asked[0]["message_id"]
    expect(page.locator("#log .parent .bubble").last).to_have_text("乱收费")
    expect(page.get_by_role("button", name="超时培训")).to_be_disabled()
    expect(page.get_by_role("button", name="乱收费")).to_be_disabled()
    expect(page.get_by_role("button", name="不对")).to_be_enabled()
    expect(page.get_by_label("您要说的话")).to_be_focused()


def test_starters_send_their_text_and_go(page: Page, server: Server) -> None:
    page.get_by_role("button", name="查进度").click()
    expect(bot(page)).to_have_text("好的")
    assert server.asked[0]["text"] == "查进度"
    expect(page.get_by_role("button", name="问政策")).to_be_hidden()


def test_emergency_numbers_stay_in_sight(page: Page, server: Server) -> None:
    server.will_say(reply("很长的回答\n" * 80))
    say(page, "请说")
    expect(bot(page)).to_contain_text("很长的回答")
    for width, height in ((1000, 800), (360, 400)):
        page.set_viewport_size({"width": width, "height": height})
        for number in ("110", "119", "120"):
            expect(page.get_by_role("link", name=number)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)


def test_the_end_stays_in_sight_when_a_keyboard_takes_half_the_screen(
    page: Page, server: Server
) -> None:
    server.will_say(reply("是哪一类？", buttons=buttons("超时培训")))
    server.will_say(reply("是哪一类？", buttons=buttons("超时培训")))
    server.script += [problem(429, "发得太快了，请一分钟后再试。")] * 3
    for turn in range(5):
        say(page, "你好")
        expect(page.locator("#log .bot")).to_have_count(turn + 1)
    for height in (568, 844, 420):
        page.set_viewport_size({"width": 320, "height": height})
        expect(bot(page)).to_be_in_viewport(ratio=1)
    page.reload()
    expect(bot(page)).to_be_in_viewport(ratio=1)


def test_a_long_answer_shows_its_beginning(page: Page, server: Server) -> None:
    server.will_say(reply("先看这里\n" + "很长的回答\n" * 80))
    say(page, "请说")
    expect(page.locator("#log .parent .bubble")).to_be_in_viewport(ratio=1)
    expect(bot(page)).to_contain_text("先看这里")
    expect(page.locator("#log .parent .bubble")).to_be_in_viewport(ratio=1)


def test_after_a_500_the_same_message_goes_out_again(page: Page, server: Server) -> None:
    server.script.append(problem(500, "系统忙"))
    say(page, "学校收了试卷费")
    expect(bot(page)).to_have_text("好的")
    first, second = server.asked
    assert first == second
    expect(page.get_by_text("没有发出去")).to_have_count(0)


def test_no_network_then_resend_by_hand(page: Page, server: Server) -> None:
    page.route("**/chat/message", lambda route: route.abort())
    say(page, "学校收了试卷费")
    expect(page.get_by_text("没有发出去")).to_be_visible()
    page.unroute("**/chat/message")
    page.get_by_role("button", name="重发").click()
    expect(bot(page)).to_have_text("好的")
    expect(page.get_by_text("没有发出去")).to_have_count(0)
    expect(page.locator("#log .parent")).to_have_count(1)
    assert len(server.asked) == 1


def test_four_tries_then_the_servers_words_and_a_resend(page: Page, server: Server) -> None:
    server.script += [problem(503, "还没有登记，请稍后再发")] * 4
    say(page, "学校收了试卷费")
    expect(bot(page)).to_have_text("还没有登记，请稍后再发")
    page.get_by_role("button", name="重发").click()
    expect(bot(page)).to_have_text("好的")
    assert len(server.asked) == 5
    assert len({asked["message_id"] for asked in server.asked}) == 1


def test_a_message_without_an_answer_is_offered_after_a_reload(page: Page, server: Server) -> None:
    server.script.append((HELD, {"replies": [reply("等到了")]}))
    say(page, "学校收了试卷费")
    expect(page.get_by_role("status")).to_have_text("正在回复…")
    page.reload()
    page.get_by_role("button", name="重发").click()
    expect(bot(page)).to_have_text("好的")
    assert server.asked[0] == server.asked[1]


def test_a_refusal_is_shown_and_the_question_stays_open(page: Page, server: Server) -> None:
    server.will_say(reply("对吗？", buttons=buttons("对", "不对")))
    server.script.append(problem(400, "请发文字，或者点一个按钮。"))
    say(page, "补课")
    expect(bot(page)).to_have_text("对吗？")
    say(page, "？？")
    expect(bot(page)).to_have_text("请发文字，或者点一个按钮。")
    assert len(server.asked) == 2
    expect(page.get_by_role("button", name="不对")).to_be_enabled()
    page.reload()
    expect(page.get_by_role("button", name="不对")).to_be_enabled()


def test_too_fast_can_be_sent_again(page: Page, server: Server) -> None:
    server.script.append(problem(429, "发得太快了，请一分钟后再试。"))
    say(page, "补课")
    expect(bot(page)).to_have_text("发得太快了，请一分钟后再试。")
    assert len(server.asked) == 1
    page.get_by_role("button", name="重发").click()
    expect(bot(page)).to_have_text("好的")


def test_an_expired_session_is_replaced_and_the_parent_told(page: Page, server: Server) -> None:
    server.will_say(reply("对吗？", buttons=buttons("对", "不对"), asks="confirm"))
    server.script.append(problem(401, "会话已失效"))
    say(page, "补课")
    expect(bot(page)).to_have_text("对吗？")
    say(page, "对")
    expect(bot(page)).to_contain_text("现在是新的对话")
    expect(page.get_by_role("button", name="不对")).to_be_disabled()
    page.get_by_role("button", name="重发").click()
    expect(bot(page)).to_have_text("好的")
    assert [asked["as"] for asked in server.asked] == ["Bearer token-1"] * 2 + ["Bearer token-2"]


def test_the_receipt_is_shown_and_copied_but_not_kept(page: Page, server: Server) -> None:
    server.will_say(reply(f"已登记，查询码 {GROUPED}。", receipt=RECEIPT))
    say(page, "对")
    card = page.locator(".receipt")
    expect(card).to_contain_text(GROUPED)
    expect(card).to_contain_text("请抄下或截图保存，丢失后无法找回")
    card.get_by_role("button", name="复制").click()
    expect(card.get_by_role("button")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == GROUPED
    kept = stored(page)
    assert "已登记" in kept
    assert "4821" not in kept
    # With the session and this id the server would give the receipt out again.
    assert server.asked[0]["message_id"] not in kept
    page.reload()
    expect(bot(page)).to_contain_text("已登记")
    expect(page.locator("#log")).to_contain_text("查询码只显示一次")
    expect(page.locator("#log")).not_to_contain_text("4821")


@pytest.mark.parametrize(
    "number",
    [RECEIPT, GROUPED, "4821-9077-3516-0248", "４８２１９０７７３５１６０２４８", "13900000000"],
)
def test_numbers_a_parent_types_are_not_kept(page: Page, server: Server, number: str) -> None:
    say(page, f"查进度 {number}")
    expect(bot(page)).to_have_text("好的")
    expect(page.locator("#log .parent .bubble")).to_contain_text(number)
    assert number not in stored(page)
    page.reload()
    expect(page.locator("#log .parent .bubble")).to_have_text("查进度 （号码不保存）")


def test_nothing_from_the_server_becomes_markup(page: Page, server: Server) -> None:
    evil = "<img src=x onerror=alert(1)><b>粗</b>"
    source = {"document": evil, "number": evil, "article": evil, "url": "javascript:alert(1)"}
    server.will_say(
        reply(evil, buttons=[{"title": evil, "button": "b"}], receipt=evil, citations=[source])
    )
    server.script.append(problem(400, evil))
    say(page, evil)
    expect(page.locator("#log .bot .bubble")).to_have_text(evil)
    say(page, "再来")
    expect(bot(page)).to_have_text(evil)
    for _ in range(2):
        expect(page.locator("#log").locator("img, b, a, script")).to_have_count(0)
        page.reload()
        expect(page.locator("#log .parent .bubble").first).to_have_text(evil)


def test_sources_stand_under_the_answer(page: Page, server: Server) -> None:
    with_link = {"document": "校外培训管理条例", "number": "教发〔2021〕1号", "article": "第三条"}
    without = {"document": "市里的通知", "number": None, "article": None, "url": None}
    on_our_page = {**without, "page": "/policy#R-TR-03", "status": "in_force"}
    both = {**with_link, "url": "https://example.org/a", "page": "/policy#R-TR-01"}
    server.will_say(reply("不可以。", citations=[both, on_our_page, without]))
    say(page, "周末能补课吗")
    sources = page.locator(".sources li")
    expect(sources).to_have_count(3)
    first, second, third = sources.all()
    expect(first).to_have_text("《校外培训管理条例》教发〔2021〕1号 第三条")
    expect(first.get_by_role("link")).to_have_attribute("href", "https://example.org/a")
    expect(second.get_by_role("link", name="《市里的通知》")).to_have_attribute(
        "href", "/policy#R-TR-03"
    )
    expect(second.get_by_role("link")).to_have_attribute("target", "_blank")
    expect(second.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(third).to_have_text("《市里的通知》")
    expect(third.get_by_role("link")).to_have_count(0)


def test_a_source_leads_to_the_rule_book_and_nowhere_else(page: Page, server: Server) -> None:
    elsewhere = ["//evil.example/policy", "/policyx", "/desk", "javascript:alert(1)", "policy", 7]
    named = {"document": "通知", "number": None, "article": None, "url": None}
    server.will_say(reply("不可以。", citations=[{**named, "page": page} for page in elsewhere]))
    say(page, "周末能补课吗")
    expect(page.locator(".sources li")).to_have_count(len(elsewhere))
    expect(page.locator("#log a")).to_have_count(0)


def test_the_rule_book_is_one_step_away(page: Page, server: Server) -> None:
    expect(page.get_by_role("link", name="政策规则")).to_have_attribute("href", "/policy")


def test_a_reload_keeps_conversation_and_session(page: Page, server: Server) -> None:
    server.will_say(reply("说的是哪一类？", buttons=buttons("超时培训"), asks="grade"))
    say(page, "补课")
    expect(bot(page)).to_have_text("说的是哪一类？")
    page.reload()
    expect(bot(page)).to_have_text("说的是哪一类？")
    expect(page.locator("#log .parent .bubble")).to_have_text("补课")
    expect(page.get_by_label("您要说的话")).to_have_attribute("placeholder", "例如：五年级、初二")
    expect(page.get_by_role("button", name="问政策")).to_be_hidden()
    page.get_by_role("button", name="超时培训").click()
    expect(bot(page)).to_have_text("好的")
    assert server.sessions == 1
    assert [asked["as"] for asked in server.asked] == ["Bearer token-1"] * 2


def test_everything_by_keyboard_alone(page: Page, server: Server) -> None:
    server.will_say(reply("说的是哪一类？", buttons=buttons("超时培训", "乱收费")))
    server.will_say(reply("已登记", receipt=RECEIPT))
    expect(page.get_by_label("您要说的话")).to_be_focused()
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(bot(page)).to_have_text("说的是哪一类？")
    assert server.asked[0]["text"] == "第一行\n第二行"
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="乱收费")).to_be_focused()
    page.keyboard.press("Enter")
    expect(bot(page)).to_have_text("已登记")
    assert server.asked[1]["button"] == "id-of-乱收费"
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="下载登记凭证")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="已复制")).to_be_focused()


def test_enter_that_ends_a_word_does_not_send(page: Page, server: Server) -> None:
    page.get_by_label("您要说的话").fill("shuxue")
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(page.get_by_label("您要说的话")).to_have_value("shuxue")
    page.keyboard.press("Enter")
    expect(bot(page)).to_have_text("好的")
    assert len(server.asked) == 1


def test_length_is_counted_near_the_limit_and_too_much_is_not_sent(
    page: Page, server: Server
) -> None:
    field = page.get_by_label("您要说的话")
    counter = page.locator("#counter")
    field.fill("字" * 3500)
    expect(counter).to_be_hidden()
    field.fill("😀" * 3900)
    expect(counter).to_have_text("还可以写 100 字")
    field.fill("字" * 4001)
    expect(counter).to_have_text("超出 1 字，请分几次说")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("字" * 4001)
    field.fill("字" * 4000)
    page.keyboard.press("Enter")
    expect(bot(page)).to_have_text("好的")
    assert [len(asked["text"]) for asked in server.asked] == [4000]


def test_one_message_at_a_time_and_what_is_typed_meanwhile_stays(
    page: Page, server: Server
) -> None:
    server.script.append((HELD, {"replies": [reply("等到了")]}))
    say(page, "补课")
    expect(page.get_by_role("status")).to_have_text("正在回复…")
    page.keyboard.type("还有")
    page.keyboard.press("Enter")
    server.released.set()
    expect(bot(page)).to_have_text("等到了")
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.get_by_label("您要说的话")).to_have_value("还有")
    assert [asked["text"] for asked in server.asked] == ["补课"]


def test_touch_targets_are_44_pixels(browser: Browser, server: Server) -> None:
    source = {"document": "条例", "number": "1号", "article": "", "url": "https://example.org/a"}
    server.will_say(reply("好的", buttons=buttons("对", "不"), receipt=RECEIPT, citations=[source]))
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.address)
    sizes = "els => els.map(e => e.getBoundingClientRect()).filter(r => r.width).map(r => r.height)"
    targets = page.locator("button, a, textarea")
    before = targets.evaluate_all(sizes)
    page.get_by_role("button", name="问政策").tap()
    expect(bot(page)).to_have_text("好的")
    after = targets.evaluate_all(sizes)
    assert len(before) == 10
    assert len(after) == 12
    assert min(before + after) >= 44
    # The keyboard of the phone does not open over the answer.
    expect(page.get_by_label("您要说的话")).not_to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()

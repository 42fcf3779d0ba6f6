"""Whole stories in the browser, each on a hub of its own, by people who see only pages."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
import xlsxwriter
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from tests.browser.conftest import PASSWORD, Person, Served, unlimited

from tandem.base.words import Lang, say
from tandem.interfaces.web import write


def press(person: Person, selector: str) -> None:
    """A click that leads to another page."""
    with person.page.expect_navigation(timeout=60_000):
        person.page.click(selector)


def way(person: Person, name: str, lang: Lang, **typed: str) -> None:
    """Takes one of an introduction's ways: opens it, fills it in, and says yes."""
    person.page.click(f"#{name} > summary")
    for field, value in typed.items():
        person.page.fill(f"#{name} [name={field}]", value)
    press(person, f"#{name} button:has-text('{say(f'web.introduction.way.{name}.do', lang)}')")
    assert person.page.query_selector("main [role=status]") is not None, person.texts()[:600]


def workbook(path: Path) -> None:
    """A sheet as a firm keeps it: Chinese headers, one wrong date and one wrong amount."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("需求")
        for number, row in enumerate((
            ("需求名称", "机构名称", "需求类型", "需求描述", "城市", "截止日期", "预算上限"),
            ("电机壳体盐雾试验", "松山湖电驱有限公司", "服务", "需要对铝合金壳体做 480 小时中性盐雾试验并出具报告。",
             "东莞", "2030-06-30", 80000),
            ("减速器噪声测试", "松山湖电驱有限公司", "服务", "需要在半消声室内测试谐波减速器噪声。",
             "东莞", "三月底", 120000),
            ("轴承疲劳试验", "松山湖电驱有限公司", "服务", "深沟球轴承疲劳寿命试验，三组样品。",
             "深圳", "2030-05-31", "很多"),
        )):  # fmt: skip
            sheet.write_row(number, 0, row)


def test_an_operator_imports_mends_clears_and_publishes(own: Served, arrives, tmp_path):
    """(a) A workbook with errors: columns understood, two cells mended in place, imported; a round, then proposals."""
    workbook(tmp_path / "需求.xlsx")
    opal = arrives(own, "zh", 1280, "opal")
    opal.go("/import")
    opal.page.set_input_files("#file", tmp_path / "需求.xlsx")
    press(opal, "main form[enctype] button[type=submit]")
    assert opal.page.query_selector("select[name^='c.needs.']") is not None
    press(opal, "button[name=go][value=check]")
    wrong = opal.page.locator("input[aria-invalid=true]")
    assert wrong.count() == 2, opal.texts()[:1_500]
    for number in range(2):
        box = wrong.nth(number)
        box.fill("2030-03-31" if "三月底" in box.input_value() else "90000")
    press(opal, "table.mending ~ p button, form:has(table.mending) button[type=submit]")
    assert opal.page.locator("input[aria-invalid=true]").count() == 0
    press(opal, "form[action$='/write'] button[type=submit]")
    assert opal.page.query_selector("main .note.good") is not None
    opal.go("/needs?text=减速器噪声测试")
    assert "减速器噪声测试" in opal.page.inner_text("#results")
    opal.go("/rounds/new")
    opal.page.fill("#f-round-start-title", "第一轮")
    press(opal, f"form[data-draft=round] button:has-text('{say('web.round.start', 'zh')}')")
    done(opal)
    opal.page.click("details.way > summary.first")
    press(opal, "form[action$='/publish'] button")
    assert say("web.round.published", "zh")[:4] in opal.texts()
    opal.go("/worklist")
    assert opal.page.locator("main a[href^='/introductions/']").count() > 0


def done(person: Person, seconds: int = 240) -> None:
    """Waits for a round as a person does: by looking again."""
    for _ in range(seconds):
        if person.page.locator("form[action$='/publish']").count():
            return
        person.page.wait_for_timeout(1_000)
        person.page.reload()
    raise AssertionError(person.texts()[:1_500])


def test_a_confidential_need_is_matched_across_languages_and_settled(own: Served, arrives):
    """(b) Chinese and confidential, matched to Hong Kong by English evidence, revealed, agreed, the outcome kept."""
    mei = arrives(own, "zh", 1280, "mei")
    title = "儿童服装甲醛与偶氮染料检测"
    mei.go("/needs/new?form=1")
    mei.page.fill("#f-need-pose-title", title)
    mei.page.fill(
        "#f-need-pose-text",
        "一批婴幼儿服装出口前需要检测面料甲醛、偶氮染料与色牢度，要求纺织品检测实验室出具英文报告。",
    )
    mei.page.check("#v-confidential")
    mei.page.check("#f-need-pose-anonymous")
    press(mei, "main button[value=post]")
    if mei.page.query_selector("input[name=_despite]"):
        press(mei, "main button[value=post]")
    need = mei.page.url.partition("?")[0].rpartition("/")[2]
    stranger = arrives(own, "en", 390)
    assert stranger.go(f"/needs/{need}").status in (401, 404)
    assert title not in stranger.page.content()
    org = hong_kong(mei, need)
    mei.page.click(f"#m-{org} details.way > summary")
    press(mei, f"#m-{org} form[action$='/invite'] button")
    signed = joined(own, arrives, org)
    signed.go("/introductions?waiting=on")
    press(signed, "main a[href^='/introductions/']")
    place = signed.page.url.partition("?")[0].removeprefix(own.address)
    assert "松" not in signed.page.inner_text("main .meta")
    way(signed, "interested", "en")
    mei.go(place)
    if mei.page.locator("#reveal").count():
        way(mei, "reveal", "zh")
    if mei.page.locator("#introduce").count():
        way(mei, "introduce", "zh")
    signed.go(place)
    way(signed, "quote", "en", amount="18000")
    mei.go(place)
    way(mei, "agree", "zh")
    mei.page.click("#outcome > summary")
    mei.page.check("#outcome #rating-2")
    press(mei, f"#outcome button:has-text('{say('web.introduction.way.outcome.do', 'zh')}')")
    assert write.choice("state", "outcome", "zh") in mei.texts()
    assert "18,000" in mei.texts()
    signed.go(place)
    assert "18,000" in signed.texts()


def hong_kong(person: Person, need: str) -> str:
    """The first organisation of Hong Kong among those proposed, whose evidence is in English."""
    for _ in range(30):
        person.go(f"/needs/{need}?all=1")
        found = person.page.eval_on_selector_all("li[id^='m-']", "(all) => all.map((one) => one.id.slice(2))")
        for org in found:
            person.go(f"/organisations/{org}")
            if say_city("810000") in person.page.inner_text("main"):
                person.go(f"/needs/{need}?all=1")
                card = person.page.locator(f"#m-{org}")
                assert re.search("[A-Za-z]{4,} [a-z]{3,}", card.text_content()), (
                    "its evidence is told as it was written"
                )
                return str(org)
        if found:
            raise AssertionError(f"no organisation of Hong Kong among {len(found)}")
        person.page.wait_for_timeout(1_000)
    raise AssertionError("no matches")


def say_city(code: str) -> str:
    from tandem.domain import cities

    return cities.cities()[code].short


def joined(own: Served, arrives: Any, org: str) -> Person:
    """Somebody of an organisation: registers, is placed there by the operator, and comes in."""
    kwan = arrives(own, "en", 1280)
    register(kwan, "kwan", "Kwan Yee")
    opal = arrives(own, "en", 1280, "opal")
    opal.go("/people")
    press(opal, "main a:has-text('Kwan Yee'), tr:has-text('kwan') a[href^='/people/']")
    opal.page.select_option("select[name=role]", "manager")
    opal.page.fill("#named", org)
    press(opal, "form:has(select[name=role]) button[type=submit]")
    kwan.page.wait_for_timeout(1_200)
    return kwan


def register(person: Person, login: str, name: str) -> None:
    """An account, from the start page."""
    person.go("/register")
    for field, value in (("login", login), ("name", name), ("password", PASSWORD)):
        person.page.fill(f"input[name={field}]", value)
    press(person, "main button[type=submit]")
    assert person.page.query_selector("form[action='/sign-out']") is not None, person.texts()[:600]


def test_a_new_small_provider_gets_its_first_match(own: Served, arrives):
    """(c) From registering to an invitation that names a reason, on a phone."""
    tan = arrives(own, "zh", 390)
    register(tan, "tan", "谭立")
    tan.go("/")
    press(tan, "main a[href='/organisations/new']")
    tan.page.fill("#f-organisation-register-name", "石龙小轴承检测室")
    tan.page.fill("#f-organisation-register-city", "东莞")
    press(
        tan,
        f"main form[data-draft=organisation] button:has-text('{say('web.organisations.new', 'zh')}'):visible",
    )
    tan.go("/offers/new")
    tan.page.fill("#f-offer-add-title", "深沟球轴承振动与疲劳寿命检测")
    tan.page.fill("#f-offer-add-text", "轴承振动、噪声与疲劳寿命试验，小批量，三天出报告，石龙本地上门取样。")
    press(tan, f"main form[data-draft=offer] button:has-text('{say('web.offers.new', 'zh')}'):visible")
    mei = arrives(own, "zh", 1280, "mei")
    mei.go("/needs/new?form=1")
    mei.page.fill("#f-need-pose-title", "深沟球轴承疲劳寿命与振动检测")
    mei.page.fill(
        "#f-need-pose-text", "小批量深沟球轴承，需要振动、噪声与疲劳寿命试验，东莞石龙附近，三天内出报告。"
    )
    press(mei, "main button[value=post]")
    if mei.page.query_selector("input[name=_despite]"):
        press(mei, "main button[value=post]")
    card = "li[id^='m-']:has-text('石龙小轴承检测室')"
    for _ in range(30):
        if mei.page.locator(card).count():
            break
        mei.page.wait_for_timeout(1_000)
        mei.page.reload()
    assert mei.page.locator(f"{card} .reasons li").count() > 0
    mei.page.click(f"{card} details.way > summary")
    press(mei, f"{card} form[action$='/invite'] button")
    tan.go("/")
    assert tan.page.locator("main a[href^='/introductions/']").count() > 0
    assert tan.page.locator("main li.fresh").count() > 0


def test_an_agent_posts_and_the_person_confirms(own: Served, arrives):
    """(d) A token made on the web, a need posed through MCP, and nothing of it seen before the person has said yes."""
    mei = arrives(own, "zh", 1280, "mei")
    mei.go("/account/tokens")
    mei.page.fill("main input[name=label]", "询价助手")
    mei.page.check("#reach-all")
    mei.page.check("main input[name=agent]")
    press(mei, "main form[data-draft=token] button[type=submit]")
    secret = mei.page.inner_text("main pre code >> nth=0").strip()
    title = "智能体提出的热处理变形仿真需求"

    async def talk() -> Any:
        headers = {"authorization": f"Bearer {secret}", "accept-language": "zh"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(f"{own.address}/mcp", http_client=http)) as client,
        ):
            return await client.call_tool("need_pose", {"title": title, "visibility": "members"})

    answer = in_a_thread(talk)
    assert not answer.is_error, answer.content
    mei.go("/needs?mine=on")
    assert title not in mei.texts()
    mei.go("/confirmations")
    assert title in mei.texts()
    assert "询价助手" in mei.texts()
    press(mei, f"main :is(li, article, section, div).card:has-text('{title}') form[action$='/accept'] button")
    mei.go("/needs?mine=on")
    assert title in mei.texts()


def in_a_thread(talk: Any) -> Any:
    """The browser's driver has an event loop of its own in this thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result(60)


@pytest.fixture
def empty(tmp_path: Path):
    """A hub that nobody runs yet."""
    from tests.browser.conftest import serving

    unlimited(tmp_path / "new")
    with serving(tmp_path / "new", new=True) as made:
        yield made


def test_a_new_hub_is_set_up(empty: Served, arrives):
    """From the first visit by links alone: the code, the first operator, the sample, out and in again, the tour."""
    opal = arrives(empty, "zh", 1280)
    opal.go("/")
    press(opal, "main a[href='/set-up']")
    code = (empty.folder / "setup-code").read_text().strip()
    for field, value in (
        ("code", "not this one"),
        ("login", "opal"),
        ("name", "黄敏"),
        ("password", PASSWORD),
    ):
        opal.page.fill(f"input[name={field}]", value)
    press(opal, "main button[type=submit]")
    assert opal.page.get_attribute("input[name=code]", "aria-invalid") == "true"
    assert opal.page.input_value("input[name=name]") == "黄敏"
    opal.page.fill("input[name=code]", code)
    opal.page.fill("input[name=password]", PASSWORD)
    press(opal, "main button[type=submit]")
    press(opal, "form[action='/overview/sample'] button")
    assert not (empty.folder / "setup-code").exists()
    for _ in range(60):  # what was just written is found a moment later
        opal.go("/needs")
        if opal.page.locator("#results .card").count() > 3:
            break
        opal.page.wait_for_timeout(500)
    assert opal.page.locator("#results .card").count() > 3
    press(opal, "form[action='/sign-out'] button")
    opal.go("/people")
    assert opal.page.query_selector("input[name=password]") is not None
    opal.sign_in("opal")
    assert opal.page.query_selector("form[action='/sign-out']") is not None
    opal.go("/help/tour")
    steps = opal.page.eval_on_selector_all(
        "main a[href^='/']", "(all) => all.map((one) => one.getAttribute('href'))"
    )
    assert len(steps) > 3
    for step in steps:
        assert opal.go(step).status == 200, step
    stranger = arrives(empty, "en", 390)
    stranger.go("/set-up")
    assert stranger.page.query_selector("input[name=code]") is None
    assert all("status of 401" in one for one in opal.wrong), opal.wrong

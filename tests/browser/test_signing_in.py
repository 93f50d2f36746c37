"""Signing in with a browser, and what an open page shows after its account was switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.domain.account import SERVER, Account, Role
from lib.store.accounts import Accounts
from lib.store.database import open_database, sqlite_url
from lib.store.migrate import migrate
from lib.text import t
from tests.browser.harness import DESKTOP, PHONE, Server, running_app

PASSWORD = "một câu thật dài đấy"
STEWARD = Account("lan", "Trần Thị Lan", Role.STEWARD)
DEEP = "/ho-so?cum=HT-CCN-007"
_MAIN = '[data-testid="stMain"]'


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    database = open_database(sqlite_url(tmp_path_factory.mktemp("gate") / "ccn.sqlite"))
    migrate(database)
    found = Accounts(database)
    found.add(SERVER, STEWARD, PASSWORD)
    found.add(STEWARD, Account("doc", "Người Đọc", Role.READER), PASSWORD)
    return found


def _serving(accounts: Accounts, folder: Path, anonymous: str) -> dict[str, str]:
    file = folder / f"{anonymous}.toml"
    file.write_text(f'[access]\nanonymous = "{anonymous}"\n', "utf-8")
    return {"CCN_DATABASE_URL": sqlite_url(Path(str(accounts.database.file))), "CCN_SETTINGS": str(file)}


@pytest.fixture(scope="module")
def closed(accounts: Accounts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_app(environment=_serving(accounts, tmp_path_factory.mktemp("none"), "none")) as server:
        yield server


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label(t("vi", "gate.name")).fill(name)
    page.get_by_label(t("vi", "gate.password")).fill(PASSWORD)
    page.get_by_role("button", name=t("vi", "gate.sign_in")).click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_signing_in_leads_back_to_the_link_that_was_opened(
    browser: Browser, closed: Server, size: tuple[int, int]
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(closed.url + DEEP)
    assert "/dang-nhap?" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    _sign_in(page, "lan")
    page.wait_for_url(closed.url + DEEP + "**")
    expect(page.locator(_MAIN)).to_contain_text("HT-CCN-007", timeout=20_000)
    page.close()


def test_a_wrong_password_is_read_out_and_the_name_stays(browser: Browser, closed: Server) -> None:
    page = browser.new_page()
    page.goto(f"{closed.url}/dang-nhap")
    page.get_by_label(t("vi", "gate.name")).fill("lan")
    page.get_by_label(t("vi", "gate.password")).fill("sai")
    page.get_by_role("button", name=t("vi", "gate.sign_in")).click()
    expect(page.get_by_role("alert")).to_have_text(t("vi", "gate.wrong"))
    expect(page.get_by_label(t("vi", "gate.name"))).to_have_value("lan")
    expect(page.get_by_label(t("vi", "gate.password"))).to_have_value("")
    page.close()


def test_the_sidebar_tells_who_is_signed_in_and_the_way_out(browser: Browser, closed: Server) -> None:
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(closed.url)
    _sign_in(page, "lan")
    side = page.get_by_test_id("stSidebar")
    expect(side).to_contain_text(f"{STEWARD.full_name} · {t('vi', 'gate.role.steward')}", timeout=20_000)
    side.get_by_role("button", name=t("vi", "gate.sign_out")).click()
    page.wait_for_url(re.compile("/dang-nhap"))
    page.close()


def test_an_open_page_of_a_switched_off_account_shows_nothing_more(
    browser: Browser, closed: Server, accounts: Accounts
) -> None:
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(closed.url + DEEP)
    _sign_in(page, "doc")
    expect(page.locator(_MAIN)).to_contain_text("HT-CCN-007", timeout=20_000)
    accounts.change(STEWARD, "doc", is_active=False)
    page.wait_for_timeout(2_000)
    # The page's own links run over the open websocket, which the gate let in long ago.
    page.get_by_test_id("stSidebarNavLink").filter(has_text=t("vi", "frame.page.occupancy")).click()
    expect(page.locator("body")).to_contain_text(t("vi", "gate.ended"), timeout=20_000)
    expect(page.locator(_MAIN)).not_to_contain_text("HT-CCN-007")
    page.close()

"""Two stories of the data: three totals for the same clusters, and a figure that a reader reports wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lib.domain.account import SERVER, Account, Role
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, Source, SourceKind
from lib.store import questions
from lib.store.accounts import Accounts
from lib.store.database import URL_VARIABLE, open_database, sqlite_url
from lib.store.sql import SqlStore, open_evidence
from lib.store.writing import Entry, append
from tests.browser.harness import Server, open_page, wait_quiet

STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
READER = Account("hoa", "Nguyễn Hoa", Role.READER)
PASSWORD = "mot cau kha dai de nho"
FIGURE = ("HT", "clusters_count")
TODAY = "2026-11-26"
"""Two days after the release was recorded, so that there is an earlier belief to look back to."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A database of this test alone, with the release, a steward and a reader."""
    monkeypatch.setenv("CCN_TODAY", TODAY)
    made = open_evidence(open_database(sqlite_url(tmp_path / "ccn.sqlite")))
    accounts = Accounts(made.database)
    accounts.add(SERVER, STEWARD, PASSWORD)
    accounts.add(STEWARD, READER, PASSWORD)
    return made


@pytest.fixture
def served(store: SqlStore, start_server: Callable[..., Server]) -> Server:
    address = store.database.engine.url.render_as_string(hide_password=False)
    return start_server((), {URL_VARIABLE: address, "CCN_TODAY": TODAY})


def sign_in(page: Page, served: Server, name: str) -> None:
    page.goto(f"{served.url}/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_selector('[data-testid="stApp"]')
    wait_quiet(page)


def total(number: int, source: str, on: date = date(2026, 11, 20), supersedes: str = "") -> Entry:
    """What one source counts."""
    return Entry(
        *FIGURE, exactly(number), str(number), on, on, source, SourceKind.OFFICIAL_REPORT, Confidence.HIGH,
        supersedes=supersedes, reason="Theo báo cáo đã ký",
    )


def reports() -> tuple[Source, ...]:
    return tuple(
        Source(f"bao-cao-{n}", f"Báo cáo số {n}/BC-SCT", "Sở Công Thương", SourceKind.OFFICIAL_REPORT)
        for n in (21, 23, 26)
    )


def shown_total(page: Page) -> str:
    """The card of the province's number of clusters, as it reads."""
    return page.locator('[class*="st-key-panel-overview-clusters"]').inner_text()


def test_three_totals_stand_as_one_contested_figure_with_all_three_behind_it(
    store: SqlStore, served: Server, page: Page
) -> None:
    sources = reports()
    for number, source in zip((21, 23, 26), sources, strict=True):
        append(store, STEWARD, [total(number, source.key)], title=source.title, sources=[source])
    open_page(page, served.url)
    card = shown_total(page)
    assert sum(str(number) in card.split() for number in (21, 23, 26)) == 1
    assert "2 nguồn" in card
    assert "nêu tên được" in page.locator(".ccn-whose").inner_text()
    open_page(page, served.url, "/du-lieu")
    quality = page.locator('[data-testid="stMain"]').inner_text()
    for source in sources:
        assert source.title in quality


def test_a_figure_is_reported_answered_and_corrected_and_an_earlier_day_keeps_the_old_belief(
    store: SqlStore, served: Server, new_page: Callable[..., Page]
) -> None:
    reader, steward = new_page(), new_page()
    sign_in(reader, served, READER.name)
    open_page(reader, served.url)
    assert "22" in shown_total(reader).split()
    reader.locator('[class*="st-key-overview-clusters"] button').first.click()
    reader.get_by_label("Báo sai số liệu").fill("Báo cáo tháng 11 của Sở ghi 24 cụm")
    reader.get_by_role("button", name="Gửi báo sai").click()
    wait_quiet(reader)
    assert "đang bị hỏi lại" in shown_total(reader)

    (asked,) = questions.open_questions(store)
    before = next(one for one in store.history("HT", date.max) if one.id == asked.observation)
    batch = append(
        store,
        STEWARD,
        [total(24, "bao-cao-24", before.valid_latest, before.id)],
        title="Sửa theo báo cáo tháng 11",
        kind="correct",
        reason="Theo báo cáo đã ký",
        sources=[Source("bao-cao-24", "Báo cáo 24", "Sở Công Thương", SourceKind.OFFICIAL_REPORT)],
    )
    sign_in(steward, served, STEWARD.name)
    open_page(steward, served.url, "/bao-sai")
    steward.get_by_text("Trả lời", exact=True).first.click()
    steward.get_by_text("Báo đúng, đã sửa số liệu").click()
    steward.get_by_label("Giải thích cho người báo").fill("Đã sửa theo báo cáo tháng 11")
    steward.get_by_role("button", name="Trả lời", exact=True).click()
    wait_quiet(steward)

    open_page(reader, served.url, "/bao-sai")
    assert "Đã sửa theo báo cáo tháng 11" in reader.locator('[data-testid="stMain"]').inner_text()
    open_page(reader, served.url)
    assert "24" in shown_total(reader).split() and "đang bị hỏi lại" not in shown_total(reader)
    open_page(reader, served.url, "/?biet=2026-11-25")
    assert "22" in shown_total(reader).split() and "24" not in shown_total(reader).split()
    assert batch in {one.id for one in store.batches()}

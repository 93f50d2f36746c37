"""The trail on its page: for accounts only, in words, filtered and paged, with nothing to edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.account import Account, Role
from lib.store import audit
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.ui import access, loaders

ROOT = Path(__file__).resolve().parents[2]
READER = Account("an", "Nguyễn An", Role.READER)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    """The dashboard as a reader with an account sees it, with a trail of 60 rows and two odd ones."""
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "current_account", lambda: READER)
    monkeypatch.setattr(access, "require", lambda role: None)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    with loaders.store().database.write() as connection:
        for number in range(60):
            audit.note(connection, "lan", "append", subject="HT-CCN-006", new=f"{number}")
        audit.note(
            connection, "an", "correct", subject="HT-CCN-001", attribute="leased_area_ha", old="24.5",
            new="25", reason="<b>biên bản</b>", batch="B-000009", door="page",
        )
        audit.note(connection, "lan", "never_heard_of")
    return app


def words(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def trail(app: AppTest) -> AppTest:
    opened = app.switch_page("pages/audit.py").run()
    assert not opened.exception
    return opened


def test_a_change_shows_old_and_new_reason_batch_and_door(app: AppTest) -> None:
    shown = words(trail(app))
    assert "24,5 ha → <b>25 ha</b>" in shown
    assert "Sửa số liệu" in shown and "B-000009" in shown and "trang web" in shown
    assert "&lt;b&gt;biên bản&lt;/b&gt;" in shown
    assert "never_heard_of" in shown


def test_older_rows_are_a_click_away_and_so_is_the_way_back(app: AppTest) -> None:
    opened = trail(app)
    assert words(opened).count("<tr>") == 51
    older = next(button for button in opened.button if button.label == "Cũ hơn")
    older.click().run()
    rest = len(audit.entries(loaders.store().database)) - 50
    assert words(opened).count("<tr>") == 1 + rest
    newest = next(button for button in opened.button if button.label == "Mới nhất")
    newest.click().run()
    assert "never_heard_of" in words(opened)


def test_the_filters_narrow_the_trail_and_start_again_at_the_newest(app: AppTest) -> None:
    opened = trail(app)
    next(button for button in opened.button if button.label == "Cũ hơn").click().run()
    opened.selectbox(key="audit.author").select("an").run()
    assert words(opened).count("<tr>") == 2
    opened.selectbox(key="audit.author").select("").run()
    opened.selectbox(key="audit.action").select("never_heard_of").run()
    assert words(opened).count("<tr>") == 2
    opened.date_input(key="audit.last").set_value(date(2026, 11, 23)).run()
    assert "Không có thay đổi nào khớp" in words(opened)


def test_there_is_nothing_to_edit(app: AppTest) -> None:
    opened = trail(app)
    assert not opened.text_area and not opened.get("data_editor")


def test_the_page_asks_for_an_account(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Role] = []
    monkeypatch.setattr(access, "require", asked.append)
    trail(app)
    assert asked == [Role.READER]

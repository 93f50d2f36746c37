"""The page of accounts: a steward adds, changes and switches off; everybody changes their own password."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.account import SERVER, Account, Role
from lib.store.accounts import Accounts
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.ui import access, loaders

ROOT = Path(__file__).resolve().parents[2]
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
PASSWORD, OTHER = "mot cau kha dai de nho", "mot cau khac cung dai"
HOSTILE = "<img src=x onerror=alert(1)>"


class Office:
    """A database with a steward `lan` and a reader `an`, and the page as either sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._monkeypatch.setattr(access, "current_account", lambda: None)
        AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        self.accounts.add(SERVER, STEWARD, PASSWORD)
        self.accounts.add(STEWARD, Account("an", HOSTILE, Role.READER), PASSWORD)

    @property
    def accounts(self) -> Accounts:
        return Accounts(loaders.store().database)

    def open(self, name: str) -> AppTest:
        self._monkeypatch.setattr(access, "current_account", lambda: self.accounts.get(name))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        app.switch_page("pages/accounts.py").run()
        assert not app.exception
        return app


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "require", lambda role: None)
    return Office(monkeypatch)


def words(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def fill(app: AppTest, label: str, text: str) -> None:
    next(box for box in app.text_input if box.label == label).set_value(text)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_the_list_counts_and_shows_names_as_text(office: Office) -> None:
    shown = words(office.open("lan"))
    assert "2 tài khoản đang dùng, 0 đã tắt" in shown
    assert HOSTILE not in shown and "&lt;img src=x" in shown


def test_a_new_account_gets_a_password_that_is_shown_once_and_works(office: Office) -> None:
    app = office.open("lan")
    fill(app, "Tên đăng nhập", "binh")
    fill(app, "Họ và tên", "Lê Bình")
    app.selectbox(key="accounts.add.role").select(Role.INSPECTOR)
    app.multiselect(key="accounts.add.communes").select("2025-07:18073")
    press(app, "Thêm tài khoản")
    made = office.accounts.get("binh")
    assert made is not None and made.role is Role.INSPECTOR and made.communes == ("2025-07:18073",)
    (once,) = app.code
    assert office.accounts.verify("binh", once.value) is not None
    assert not app.run().code


def test_a_typed_password_is_not_shown(office: Office) -> None:
    app = office.open("lan")
    fill(app, "Tên đăng nhập", "binh")
    fill(app, "Họ và tên", "Lê Bình")
    fill(app, "Mật khẩu", OTHER)
    press(app, "Thêm tài khoản")
    assert not app.code
    assert office.accounts.verify("binh", OTHER) is not None


def test_an_account_is_switched_off_and_on_again(office: Office) -> None:
    app = office.open("lan")
    app.selectbox(key="accounts.chosen").select("an").run()
    press(app, "Tắt tài khoản")
    found = office.accounts.get("an")
    assert found is not None and not found.is_active
    press(app, "Bật lại tài khoản")
    found = office.accounts.get("an")
    assert found is not None and found.is_active


def test_role_and_password_of_another_are_changed(office: Office) -> None:
    app = office.open("lan")
    app.selectbox(key="accounts.chosen").select("an").run()
    app.selectbox(key="accounts.an.role").select(Role.INSPECTOR)
    press(app, "Lưu vai trò và phạm vi")
    found = office.accounts.get("an")
    assert found is not None and found.role is Role.INSPECTOR
    press(app, "Đặt lại mật khẩu")
    assert office.accounts.verify("an", app.code[0].value) is not None
    assert office.accounts.verify("an", PASSWORD) is None


def test_the_last_steward_stays(office: Office) -> None:
    app = office.open("lan")
    app.selectbox(key="accounts.chosen").select("lan").run()
    press(app, "Tắt tài khoản")
    assert app.error
    found = office.accounts.get("lan")
    assert found is not None and found.is_steward


def test_a_reader_sees_only_the_own_password_and_changes_it_knowing_the_old(office: Office) -> None:
    app = office.open("an")
    assert "Trần Lan" not in words(app)
    assert [button.label for button in app.button if "khoản" in button.label] == []
    for old, new, again in (("khong dung", OTHER, OTHER), (PASSWORD, OTHER, OTHER + "x")):
        fill(app, "Mật khẩu hiện nay", old)
        fill(app, "Mật khẩu mới", new)
        fill(app, "Nhập lại mật khẩu mới", again)
        press(app, "Đổi mật khẩu")
        assert app.error
    assert office.accounts.verify("an", PASSWORD) is not None
    fill(app, "Nhập lại mật khẩu mới", OTHER)
    press(app, "Đổi mật khẩu")
    assert office.accounts.verify("an", OTHER) is not None

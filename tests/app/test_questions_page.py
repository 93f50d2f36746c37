"""Reporting a figure beside it, the queue with its answers, and what each kind of reader sees of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.account import Account, Role
from lib.store import questions
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.store.sql import SqlStore
from lib.ui import access, loaders, report_wrong

ROOT = Path(__file__).resolve().parents[2]
READER = Account("an", "Nguyễn An", Role.READER)
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
FIGURE = ("HT", "clusters_count")
NOTE = "Báo cáo tháng 9 ghi 21 cụm <script>x</script>"


class Reader:
    """The dashboard as one account sees it, on a database of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def open(self, page: str, actor: Account | None, **query: str) -> AppTest:
        self._monkeypatch.setattr(access, "current_account", lambda: actor)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params.update(query)
        app.run()
        if page != "overview":
            app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        return app


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Reader:
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "is_public_visitor", lambda: False)
    monkeypatch.setattr(access, "is_writable", lambda: True)
    report_wrong.forget()
    return Reader(monkeypatch)


def words(app: AppTest) -> str:
    """All the page's own HTML and captions."""
    html = [str(block.proto.body) for block in app.get("html")]
    return " ".join(html + [block.value for block in app.caption])


def report(app: AppTest, note: str) -> AppTest:
    """Fill the small form under the sources of the province's number of clusters."""
    key = f"overview.clusters.{FIGURE[0]}.{FIGURE[1]}.wrong"
    app.text_area(key=f"{key}.note").set_value(note)
    sent = next(button for button in app.button if button.proto.id.find(f"{key}.send") >= 0)
    return sent.click().run()


def test_a_reader_reports_a_figure_beside_it_and_the_figure_shows_it_at_once(reader: Reader) -> None:
    app = reader.open("overview", READER)
    assert "đang bị hỏi lại" not in words(app)
    report(app, NOTE)
    assert not app.exception
    assert "đang bị hỏi lại" in words(app)
    (found,) = questions.open_questions(loaders.store())
    assert (found.subject, found.attribute, found.author, found.note) == (*FIGURE, READER.name, NOTE)
    shown = loaders.store().observation(found.observation)
    assert shown is not None and (shown.subject, shown.attribute) == FIGURE


def test_what_is_refused_stays_in_the_form_with_the_reason(reader: Reader) -> None:
    app = report(reader.open("overview", READER), "sai")
    assert any("từ 5 đến 500" in box.value for box in app.error)
    assert app.text_area(key=f"overview.clusters.{FIGURE[0]}.{FIGURE[1]}.wrong.note").value == "sai"
    assert questions.open_questions(loaders.store()) == ()


def test_without_an_account_there_is_a_way_to_sign_in_instead_of_a_form(reader: Reader) -> None:
    app = reader.open("overview", None)
    assert not app.text_area
    assert 'href="dang-nhap"' in words(app)


@pytest.mark.parametrize("page", ["cluster_map", "risk", "occupancy", "dossier", "method"])
def test_every_page_has_a_button_that_knows_the_cluster_looked_at(reader: Reader, page: str) -> None:
    app = reader.open(page, READER)
    app.query_params["cum"] = "HT-CCN-006"
    app.button(key="report-wrong").click().run()
    assert not app.exception
    assert app.selectbox(key="report-wrong.subject").value == "HT-CCN-006"


def test_the_queue_names_nobody_to_a_reader_without_an_account(reader: Reader) -> None:
    questions.ask(_store(reader), READER, *FIGURE, "", NOTE)
    report_wrong.forget()
    shown = words(reader.open("questions", None))
    assert "1 số liệu đang bị hỏi lại" in shown
    assert READER.full_name not in shown and f"{READER.name} báo" not in shown
    assert "&lt;script&gt;" in shown and "<script>x" not in shown


def test_a_public_visitor_sees_which_figure_is_questioned_but_not_the_words(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions.ask(_store(reader), READER, *FIGURE, "", NOTE)
    monkeypatch.setattr(access, "is_public_visitor", lambda: True)
    shown = words(reader.open("questions", None))
    assert "1 số liệu đang bị hỏi lại" in shown
    assert "Báo cáo tháng 9" not in shown


def test_a_steward_answers_and_the_asker_sees_the_answer(reader: Reader) -> None:
    number = questions.ask(_store(reader), READER, *FIGURE, "", NOTE)
    app = reader.open("questions", STEWARD)
    assert "cap-nhat?cum=HT&amp;thuoc-tinh=clusters_count" in words(app)
    app.radio(key=f"answer.{number}.verdict").set_value(questions.Verdict.KEPT)
    app.text_area(key=f"answer.{number}.note").set_value("Hai báo cáo tính hai thời điểm khác nhau")
    next(button for button in app.button if button.label == "Trả lời").click().run()
    assert not app.exception
    assert questions.questioned(loaders.store()) == frozenset()
    shown = words(reader.open("questions", READER))
    assert "Không có số liệu nào đang bị hỏi lại" in shown
    assert "Giữ nguyên số liệu" in shown and "Hai báo cáo tính hai thời điểm khác nhau" in shown


def test_a_reader_has_no_form_to_answer_with(reader: Reader) -> None:
    number = questions.ask(_store(reader), READER, *FIGURE, "", NOTE)
    app = reader.open("questions", READER)
    assert f"answer.{number}.note" not in [area.key for area in app.text_area]
    assert "chờ trả lời" in words(app)


def test_the_page_speaks_english(reader: Reader) -> None:
    questions.ask(_store(reader), READER, *FIGURE, "", NOTE)
    app = reader.open("questions", STEWARD, **{"ngon-ngu": "en"})
    assert "1 figures are being questioned" in words(app)


def _store(reader: Reader) -> SqlStore:
    """The store of the test, opened by the first page."""
    reader.open("method", None)
    return loaders.store()

"""Each page opens, keeps the scope, speaks both languages, and says so when nothing matches."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["overview", "cluster_map", "risk", "occupancy", "dossier", "method"]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def html_of(app: AppTest) -> str:
    """All the page's own HTML, as text."""
    return " ".join(str(block.proto.body) for block in app.get("html"))


def open_page(app: AppTest, page: str) -> AppTest:
    app.run()
    return app if page == "overview" else app.switch_page(f"pages/{page}.py").run()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_its_answer_as_the_first_line(app: AppTest, page: str) -> None:
    opened = open_page(app, page)
    assert not opened.exception
    assert 'class="ccn-answer"' in html_of(opened)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_in_english(app: AppTest, page: str) -> None:
    app.session_state["ngon-ngu"] = "en"
    opened = open_page(app, page)
    assert not opened.exception
    assert "as of" in html_of(opened).lower()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("day", [date(2024, 6, 30), date(2025, 12, 31), date(2030, 1, 1)])
def test_a_page_opens_as_of_another_day(app: AppTest, page: str, day: date) -> None:
    app.session_state["ngay"] = day
    opened = open_page(app, page)
    assert not opened.exception


@pytest.mark.parametrize("page", ["cluster_map", "risk"])
def test_a_search_that_matches_nothing_says_so(app: AppTest, page: str) -> None:
    app.session_state["tim"] = "khong co cum nao ten nay"
    opened = open_page(app, page)
    assert not opened.exception
    assert any("Không có cụm nào khớp" in box.value for box in opened.info)


def test_a_search_without_accents_finds_three_clusters_and_is_kept_from_page_to_page(app: AppTest) -> None:
    app.session_state["tim"] = "cong khanh"
    opened = open_page(app, "cluster_map")
    assert "3 cụm" in html_of(opened)
    moved = opened.switch_page("pages/risk.py").run()
    assert moved.text_input(key="tim").value == "cong khanh"


def test_as_known_before_the_release_nothing_is_known(app: AppTest) -> None:
    app.session_state["biet"] = date(2026, 11, 23)
    opened = open_page(app, "risk")
    assert not opened.exception
    assert "Chưa cụm nào" in html_of(opened)

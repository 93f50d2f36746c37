"""The page on data quality: every source of a contradiction, a steward's choice, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.account import Account, Role
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, Observation, SourceKind
from lib.store import writing
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.ui import access, loaders

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
INSPECTOR = Account("hoa", "Lê Hoa", Role.INSPECTOR)
READER = Account("an", "Nguyễn An", Role.READER)
COUNT = ("HT", "clusters_count")
KEY = f"quality.{COUNT[0]}.{COUNT[1]}"
REASON = "Báo cáo của Sở là số chính thức <script>x</script>"

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the page as an account, on a database of this test."""
    monkeypatch.setenv("CCN_TODAY", TODAY.isoformat())
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "is_public_visitor", lambda: False)
    monkeypatch.setattr(access, "is_writable", lambda: True)

    def opened(actor: Account | None = None, **state: object) -> AppTest:
        monkeypatch.setattr(access, "current_account", lambda: actor)
        app = AppTest.from_file(str(ROOT / "pages" / "quality.py"), default_timeout=60)
        for key, value in state.items():
            app.session_state[key.replace("_", "-")] = value
        app.run()
        assert not app.exception
        return app

    return opened


def words(app: AppTest) -> str:
    html = [str(block.proto.body) for block in app.get("html")]
    return " ".join(html + [block.value for block in app.caption])


def three_totals() -> list[Observation]:
    """Three sources that count the clusters differently on the same day."""
    kept = loaders.store()
    keys = [key for key, source in kept.sources.items() if source.kind is SourceKind.PRESS][:3]
    entries = [
        writing.Entry(
            *COUNT, exactly(total), str(total), TODAY, TODAY, key, SourceKind.PRESS, Confidence.HIGH
        )
        for total, key in zip((31, 32, 33), keys, strict=True)
    ]
    batch = writing.append(kept, STEWARD, entries, title="Ba nguồn")
    loaders.refresh()
    return list(kept.entries(batch))


def standing() -> Observation | None:
    return loaders.store().evidence(TODAY, TODAY).get(*COUNT).chosen


def test_the_page_opens_with_its_answer_in_both_languages(open_page: Open) -> None:
    assert "7 mâu thuẫn giữa các nguồn, 7 chưa ai chọn" in words(open_page())
    assert "7 contradictions between sources, 7 not settled" in words(open_page(**{"ngon_ngu": "en"}))


def test_three_sources_with_three_totals_are_all_shown_with_what_is_in_use(open_page: Open) -> None:
    open_page()
    said = three_totals()
    shown = words(open_page())
    assert "8 mâu thuẫn giữa các nguồn, 8 chưa ai chọn" in shown
    assert all(f"<b>{total} cụm</b>" in shown for total in (31, 32, 33))
    sources = loaders.store().sources
    assert all(sources[one.source].url in shown for one in said)
    assert "Chưa ai chọn; nguồn mới hơn được dùng." in shown


def test_a_steward_chooses_with_a_reason_and_takes_the_choice_back(open_page: Open) -> None:
    open_page()
    said = three_totals()
    before = standing()
    other = next(one for one in said if one != before)
    app = open_page(STEWARD)
    app.radio(key=f"{KEY}.which").set_value(other.id)
    app.text_area(key=f"{KEY}.reason").set_value(REASON)
    app.button(key=f"{KEY}.send").click().run()
    assert not app.exception
    assert "Đã ghi lựa chọn." in [box.value for box in app.success]
    assert standing() == other
    shown = words(app)
    assert "8 mâu thuẫn giữa các nguồn, 7 chưa ai chọn" in shown
    assert "chọn ngày 24/11/2026: Báo cáo của Sở" in shown and "&lt;script&gt;" in shown
    assert "<script>x" not in shown
    assert all(f"<b>{total} cụm</b>" in shown for total in (31, 32, 33))

    app.text_area(key=f"{KEY}.reason").set_value("Chọn nhầm")
    app.button(key=f"{KEY}.back").click().run()
    assert standing() == before
    assert "8 mâu thuẫn giữa các nguồn, 8 chưa ai chọn" in words(app)


def test_a_choice_without_a_reason_is_refused_and_nothing_changes(open_page: Open) -> None:
    open_page()
    said = three_totals()
    before = standing()
    app = open_page(STEWARD)
    app.radio(key=f"{KEY}.which").set_value(next(one.id for one in said if one != before))
    app.button(key=f"{KEY}.send").click().run()
    assert any("Chưa nêu lý do" in box.value for box in app.error)
    assert standing() == before and loaders.store().choices() == ()


def test_a_choice_of_no_source_says_so(open_page: Open) -> None:
    app = open_page(STEWARD)
    key = "quality.HT-CCN-017.reported_area_ha"
    app.text_area(key=f"{key}.reason").set_value("Theo quyết định")
    app.button(key=f"{key}.send").click().run()
    assert any("Chưa chọn nguồn nào" in box.value for box in app.error)
    assert loaders.store().choices() == ()


@pytest.mark.parametrize("actor", [None, READER, INSPECTOR])
def test_who_may_not_choose_sees_who_may(open_page: Open, actor: Account | None) -> None:
    app = open_page(actor)
    assert not app.radio
    assert "Người quản lý số liệu chọn được nguồn" in words(app)
    assert ('href="dang-nhap"' in words(app)) is (actor is None)


def test_without_an_account_a_choice_names_nobody(open_page: Open) -> None:
    open_page()
    said = three_totals()
    writing.choose(loaders.store(), STEWARD, *COUNT, said[0].id, "Theo báo cáo mật")
    loaders.refresh()
    shown = words(open_page())
    assert "Nguồn được chọn ngày 24/11/2026." in shown
    assert "Theo báo cáo mật" not in shown and STEWARD.name not in shown.split()


def test_the_belief_of_an_earlier_day_cannot_be_changed(open_page: Open) -> None:
    app = open_page(STEWARD, biet=date(2026, 11, 23))
    assert not app.radio
    assert "7 mâu thuẫn" not in words(app)


def test_a_server_without_the_gate_says_that_it_is_read_only(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "is_writable", lambda: False)
    assert "chế độ chỉ đọc" in words(open_page())


def test_gaps_name_the_clusters_and_open_their_dossiers(open_page: Open) -> None:
    shown = words(open_page())
    assert "17/28 cụm có số liệu" in shown
    assert 'href="ho-so?' in shown and "cum=HT-CCN-020" in shown


def test_a_sum_that_does_not_add_up_is_shown_with_both_sides(open_page: Open) -> None:
    shown = words(open_page())
    assert "12 + 11 = 23" in shown and "không khớp" in shown


def test_a_search_that_matches_nothing_says_so(open_page: Open) -> None:
    app = open_page(tim="khong co cum nao ten nay")
    assert any("Không có cụm nào khớp" in box.value for box in app.info)


def test_every_section_has_words_when_there_is_nothing_to_show(open_page: Open) -> None:
    app = open_page(biet=date(2026, 11, 23))
    shown = words(app) + " ".join(box.value for box in app.info)
    for expected in ("mâu thuẫn nhau", "đều khớp, hoặc chưa đủ số", "quá hạn dùng", "hai ranh giới lệch nhau"):
        assert expected in shown

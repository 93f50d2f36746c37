"""The page on data quality: every source of a contradiction, a steward's choice, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from shapely.geometry import box
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from lib.domain.account import Account, Role
from lib.domain.clock import now
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, Observation, SourceKind
from lib.reports.tables import to_xlsx
from lib.store import schema, writing
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.text import t
from lib.ui import access, loaders, quality_parts
from lib.ui.scope import Scope

ROOT = Path(__file__).resolve().parents[2]
TODAY, LONG_AGO = date(2026, 11, 24), date(2026, 11, 23)
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
INSPECTOR = Account("hoa", "Lê Hoa", Role.INSPECTOR)
READER = Account("an", "Nguyễn An", Role.READER)
COUNT = ("HT", "clusters_count")
KEY = "quality.choose.HT-clusters_count"
REASON = "Báo cáo của Sở là số chính thức <script>x</script>"

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens a section of the page as an account, on a database of this test."""
    monkeypatch.setenv("CCN_TODAY", TODAY.isoformat())
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "is_public_visitor", lambda: False)
    monkeypatch.setattr(access, "is_writable", lambda: True)

    def opened(actor: Account | None = None, section: str = "mau-thuan", **state: object) -> AppTest:
        monkeypatch.setattr(access, "current_account", lambda: actor)
        app = AppTest.from_file(str(ROOT / "pages" / "quality.py"), default_timeout=60)
        for key, value in {"phan": section, **state}.items():
            app.session_state[key.replace("_", "-")] = value
        app.run()
        assert not app.exception
        return app

    return opened


def words(app: AppTest) -> str:
    html = [str(block.proto.body) for block in app.get("html")]
    return " ".join([*html, *(block.value for block in app.caption), *(block.value for block in app.info)])


def save(app: AppTest) -> AppTest:
    """Press the button of the form of the province's number of clusters."""
    return next(one for one in app.button if f"{KEY}.form" in one.proto.form_id).click().run()


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


def test_the_first_line_answers_in_both_languages(open_page: Open) -> None:
    assert "7 mâu thuẫn giữa các nguồn, 7 chưa ai chọn; 77 % ô số liệu còn trống" in words(open_page())
    assert "7 contradictions" in words(open_page(ngon_ngu="en"))


def test_three_sources_with_three_totals_are_all_shown_with_what_is_in_use(open_page: Open) -> None:
    open_page()
    said = three_totals()
    shown = words(open_page())
    assert "8 mâu thuẫn giữa các nguồn, 8 chưa ai chọn" in shown
    assert all(f"<b>{total} cụm</b>" in shown for total in (31, 32, 33))
    sources = loaders.store().sources
    assert all(sources[one.source].url in shown for one in said)
    assert "nguồn mới hơn được dùng khi chưa ai chọn" in shown


def test_a_steward_chooses_with_a_reason_and_takes_the_choice_back(open_page: Open) -> None:
    open_page()
    said = three_totals()
    before = standing()
    other = next(one for one in said if one != before)
    app = open_page(STEWARD)
    app.radio(key=f"{KEY}.which").set_value(other.id)
    app.text_area(key=f"{KEY}.reason").set_value(REASON)
    save(app)
    assert not app.exception
    assert any("Đã ghi lựa chọn" in box.value for box in app.success)
    assert standing() == other
    shown = words(app)
    assert "8 mâu thuẫn giữa các nguồn, 7 chưa ai chọn" in shown
    assert "chọn ngày 24/11/2026: Báo cáo của Sở" in shown
    assert "&lt;script&gt;" in shown and "<script>x" not in shown
    assert all(f"<b>{total} cụm</b>" in shown for total in (31, 32, 33))

    app = open_page(STEWARD)
    app.radio(key=f"{KEY}.which").set_value("")
    app.text_area(key=f"{KEY}.reason").set_value("Chọn nhầm")
    save(app)
    assert standing() == before
    assert "8 mâu thuẫn giữa các nguồn, 8 chưa ai chọn" in words(app)


def test_a_choice_without_a_reason_is_refused_and_nothing_changes(open_page: Open) -> None:
    open_page()
    said = three_totals()
    before = standing()
    app = open_page(STEWARD)
    app.radio(key=f"{KEY}.which").set_value(next(one.id for one in said if one != before))
    save(app)
    assert any("Chưa nêu lý do" in box.value for box in app.error)
    assert standing() == before and loaders.store().choices() == ()


def test_a_reason_without_a_choice_says_what_lacks(open_page: Open) -> None:
    open_page()
    three_totals()
    app = open_page(STEWARD)
    app.text_area(key=f"{KEY}.reason").set_value("Theo báo cáo")
    save(app)
    assert any("Chưa chọn số liệu nào" in box.value for box in app.error)
    assert loaders.store().choices() == ()


@pytest.mark.parametrize("actor", [None, READER, INSPECTOR])
def test_who_may_not_choose_sees_who_may(open_page: Open, actor: Account | None) -> None:
    app = open_page(actor)
    assert not app.radio
    assert "người phụ trách dữ liệu chọn được nguồn" in words(app)


def test_an_inspector_settles_what_lies_in_the_own_field_only(open_page: Open) -> None:
    open_page()
    kept = loaders.store()
    pair = ("HT-CCN-006", "central_treatment")
    keys = [key for key, source in kept.sources.items() if source.kind is SourceKind.PRESS][:2]
    entries = [
        writing.Entry(*pair, value, value, TODAY, TODAY, key, SourceKind.PRESS, Confidence.HIGH)
        for value, key in zip(("none", "operating"), keys, strict=True)
    ]
    writing.append(kept, STEWARD, entries, title="Hai nguồn")
    loaders.refresh()
    app = open_page(INSPECTOR)
    assert [one.key for one in app.radio] == ["quality.choose.HT-CCN-006-central_treatment.which"]


def test_without_an_account_a_choice_names_nobody(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page()
    said = three_totals()
    writing.choose(loaders.store(), STEWARD, *COUNT, said[0].id, "Theo báo cáo riêng")
    loaders.refresh()
    monkeypatch.setattr(access, "is_public_visitor", lambda: True)
    shown = words(open_page())
    assert "người phụ trách dữ liệu chọn ngày 24/11/2026" in shown
    assert "Theo báo cáo riêng" not in shown and f"{STEWARD.name} chọn" not in shown


def test_the_belief_of_an_earlier_day_is_not_chosen_about(open_page: Open) -> None:
    app = open_page(STEWARD, biet=LONG_AGO)
    assert not app.radio
    assert "0 mâu thuẫn giữa các nguồn" in words(app)


def test_a_server_without_the_gate_offers_no_choice(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "is_writable", lambda: False)
    assert not open_page(STEWARD).radio


def test_gaps_name_the_clusters_and_open_their_dossiers(open_page: Open) -> None:
    shown = words(open_page(section="day-du"))
    assert "151/667 ô có số liệu" in shown
    assert 'href="ho-so?' in shown and "cum=HT-CCN-020" in shown
    assert "Nên làm rõ trước" in shown


def test_old_evidence_is_listed_with_the_day_it_was_good_until(open_page: Open) -> None:
    shown = words(open_page(section="con-han"))
    assert "65 số liệu quá hạn dùng" in shown and "14 số liệu không đủ rõ ngày" in shown


def test_a_sum_that_does_not_add_up_is_shown_with_its_parts(open_page: Open) -> None:
    shown = words(open_page(section="cong-tong"))
    assert "0 tổng không khớp" in shown and "không cùng loại với tổng" in shown
    kept = loaders.store()
    source = next(key for key, one in kept.sources.items() if one.kind is SourceKind.PRESS)
    figures = {"clusters_count": 22, "clusters_operating_count": 18, "clusters_not_operating_count": 5}
    entries = [
        writing.Entry(
            "HT", key, exactly(count), str(count), TODAY, TODAY, source, SourceKind.PRESS, Confidence.HIGH
        )
        for key, count in figures.items()
    ]
    writing.append(kept, STEWARD, entries, title="Một nguồn")
    loaders.refresh()
    shown = words(open_page(section="cong-tong"))
    assert "1 tổng không khớp" in shown
    assert "18 cụm + 5 cụm = 23 cụm" in shown and "Lệch 1 cụm" in shown


def test_two_boundaries_of_one_horizon_far_apart_are_shown_as_moved(open_page: Open) -> None:
    assert "Chưa kiểm tra được" in words(open_page(section="vi-tri"))
    kept = loaders.store()
    commune = kept.communes[next(one for one in kept.clusters if one.communes_now).communes_now[0]]
    code = next(one.code for one in kept.clusters if one.communes_now)
    assert commune.lon is not None and commune.lat is not None
    with kept.database.write() as connection:
        batch = kept.batches()[0].id
        for number, east in enumerate((0.0, 0.05)):
            lon, lat = commune.lon + east, commune.lat
            connection.execute(
                insert(schema.boundary).values(
                    id=f"T-{number}", cluster=code, horizon="2030", source=f"Bản vẽ {number}", file="",
                    shape=box(lon, lat, lon + 0.005, lat + 0.005).wkb, accuracy="surveyed", error_m=1.0,
                    area_ha=30.0, recorded_at=now(), batch=batch, author="lan",
                )
            )  # fmt: skip
    shown = words(open_page(section="vi-tri"))
    assert "1 cụm có các ranh giới cách nhau hơn 1 km" in shown
    assert "Bản vẽ 0" in shown and "Bản vẽ 1" in shown


@pytest.mark.parametrize("section", quality_parts.SECTIONS.values())
def test_one_export_holds_every_section_the_one_shown_first(open_page: Open, section: str) -> None:
    open_page()
    three_totals()
    scope = Scope(as_of=TODAY, known_on=TODAY)
    found = quality_parts.gather(scope, loaders.view(TODAY, TODAY))
    made = quality_parts.sheets(found, section, lambda one: str(one.why))
    assert len(made) == len(quality_parts.SECTIONS) + 1
    assert len(made[t("vi", "quality.section.places")]) == 28
    assert next(iter(made)) == t("vi", f"quality.section.{section}")
    values = made[t("vi", "quality.section.contradictions")][t("vi", "quality.head.said")]
    assert {"31 cụm", "32 cụm", "33 cụm"} <= set(values)
    book = load_workbook(BytesIO(to_xlsx(made, ["Ghi chú"], "vi")))
    assert len(book.sheetnames) >= len(made)


def test_rules_whose_text_is_not_compared_are_listed(open_page: Open) -> None:
    assert "quy tắc đang áp dụng còn phải đối chiếu với Công báo" in words(open_page(section="quy-tac"))


@pytest.mark.parametrize("section", ["mau-thuan", "day-du", "con-han", "cong-tong", "vi-tri", "quy-tac"])
def test_every_section_opens_when_nothing_is_known_or_nothing_matches(open_page: Open, section: str) -> None:
    assert words(open_page(section=section, biet=LONG_AGO))
    assert words(open_page(section=section, tim="khong co cum nao ten nay"))

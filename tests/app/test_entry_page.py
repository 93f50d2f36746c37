"""The form of figures: reading, draft, preview, saving, undo, correction, and what others did meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.account import Account, Role
from lib.domain.interval import Interval, exactly
from lib.domain.observation import Confidence, Observation, SourceKind
from lib.store import drafts, writing
from lib.store.database import URL_VARIABLE, sqlite_url
from lib.store.writing import Entry
from lib.ui import access, loaders, report_wrong

ROOT = Path(__file__).resolve().parents[2]
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
OTHER = Account("binh", "Lê Bình", Role.STEWARD)
INSPECTOR = Account("hoa", "Đỗ Hoa", Role.INSPECTOR)
CLUSTER, TOPIC, FIGURE = "HT-CCN-006", "land", "leased_area_ha"
FORM = f"{CLUSTER}/{TOPIC}"
NASTY = "Ông An báo <script>x</script>"


class Person:
    """The page as one account sees it, on a database of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def open(self, actor: Account | None, **query: str) -> AppTest:
        """A new window of this account; the form of the cluster's land unless `query` says otherwise."""
        self._monkeypatch.setattr(access, "current_account", lambda: actor)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params.update(query)
        app.run()
        app.switch_page("pages/entry.py")
        app.query_params.update({"cum": CLUSTER, "chu-de": TOPIC} | query)
        app.run()
        assert not app.exception
        return app


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Person:
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv(URL_VARIABLE, sqlite_url(tmp_path / "ccn.sqlite"))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(access, "is_public_visitor", lambda: False)
    monkeypatch.setattr(access, "is_writable", lambda: True)
    report_wrong.forget()
    return Person(monkeypatch)


def key(name: str, form: str = FORM) -> str:
    return f"entry|{form}|{name}"


def words(app: AppTest) -> str:
    """All that the page says."""
    html = [str(block.proto.body) for block in app.get("html")]
    boxes = [*app.caption, *app.error, *app.info, *app.warning, *app.success, *app.markdown]
    return " ".join(html + [box.value for box in boxes])


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=name).click().run()
    assert not app.exception
    return app


def type_in(app: AppTest, name: str, text: str, form: str = FORM) -> AppTest:
    app.text_input(key=key(name, form)).set_value(text).run()
    assert not app.exception
    return app


def typed(app: AppTest) -> str | None:
    """What stands in the field of the figure."""
    return app.text_input(key=key(f"value.{FIGURE}")).value


def fill(app: AppTest, number: str = "trên 24") -> AppTest:
    """A leased area with a new source, ready to be saved."""
    type_in(app, f"value.{FIGURE}", number)
    source_from = next(one for one in app.segmented_control if one.key == key("source_from"))
    source_from.set_value("new").run()
    type_in(app, "title", NASTY)
    type_in(app, "publisher", "Công ty hạ tầng")
    app.selectbox(key=key("kind")).set_value("company").run()
    return type_in(app, "when", "10/2026")


def save(app: AppTest) -> AppTest:
    return press(press(app, "entry.preview"), "entry.save")


def said(author: Account | None = None) -> list[Observation]:
    """What people wrote about the figure and is believed."""
    found = loaders.store().history(CLUSTER, date.max)
    return [
        one for one in found
        if one.attribute == FIGURE and one.author not in ("", "release")
        and (author is None or one.author == author.name)
    ]


def write_as(actor: Account, number: float) -> str:
    source = next(iter(loaders.store().sources))
    entry = Entry(
        CLUSTER, FIGURE, exactly(number), str(number), date(2026, 9, 1), date(2026, 9, 1), source,
        SourceKind.OFFICIAL_REPORT, Confidence.HIGH,
    )
    batch = writing.append(loaders.store(), actor, [entry], title="của người khác")
    loaders.refresh()
    return batch


def test_a_figure_is_previewed_written_with_its_source_and_undone(person: Person) -> None:
    app = press(fill(person.open(STEWARD)), "entry.preview")
    assert "trên 24 ha" in words(app)
    assert said() == []
    press(app, "entry.save")
    (one,) = said()
    assert one.value == Interval(24, float("inf"), low_open=True, high_open=True)
    assert (one.as_written, one.author) == ("trên 24", "lan")
    assert (one.valid_earliest, one.valid_latest) == (date(2026, 10, 1), date(2026, 10, 31))
    source = loaders.store().sources[one.source]
    assert (source.title, source.kind, one.source_kind) == (NASTY, SourceKind.COMPANY, SourceKind.COMPANY)
    assert one.batch in words(app)
    assert "<script>x" not in words(app)
    assert drafts.load(loaders.database(), "lan", FORM) is None
    assert not typed(app)
    undo = f"entry.undo.saved.{one.batch}"
    press(app, undo)
    assert "Chưa nêu lý do" in words(app) and said() == [one]
    app.text_input(key=f"{undo}.reason").set_value("nhập nhầm cụm").run()
    press(app, undo)
    assert said() == []


def test_what_was_typed_survives_a_reload_and_belongs_to_its_account(person: Person) -> None:
    type_in(person.open(STEWARD), f"value.{FIGURE}", "12,5")
    again = person.open(STEWARD)
    assert typed(again) == "12,5"
    assert "Đã khôi phục bản nháp" in words(again)
    assert not typed(person.open(OTHER))
    assert not typed(press(person.open(STEWARD), "entry.drop"))
    assert not typed(person.open(STEWARD))


def test_a_restored_draft_is_gone_once_it_is_saved(person: Person) -> None:
    fill(person.open(STEWARD), "24")
    save(person.open(STEWARD))
    assert [one.value for one in said()] == [exactly(24)]
    assert drafts.load(loaders.database(), "lan", FORM) is None
    assert not typed(person.open(STEWARD))


def test_bad_input_is_told_by_the_field_and_nothing_is_lost(person: Person) -> None:
    app = type_in(person.open(STEWARD), f"value.{FIGURE}", "cỡ 24")
    assert "cỡ 24" in words(app) and "1.234,5" in words(app)
    type_in(app, "when", "30/2/2026")
    press(app, "entry.preview")
    assert "30/2/2026" in words(app)
    assert typed(app) == "cỡ 24" and not [one for one in app.button if one.key == "entry.save"]
    assert said() == []


def test_an_empty_form_writes_nothing(person: Person) -> None:
    app = press(person.open(STEWARD), "entry.preview")
    assert app.error and not [one for one in app.button if one.key == "entry.save"]


@pytest.mark.parametrize(("choice", "mine"), [("entry.keep_mine", 1), ("entry.drop_mine", 0)])
def test_a_figure_that_changed_meanwhile_is_shown_beside_the_own_one(
    person: Person, choice: str, mine: int
) -> None:
    app = fill(person.open(STEWARD), "24")
    write_as(OTHER, 31.5)
    save(app)
    assert said(STEWARD) == [] and typed(app) == "24"
    assert "31,5 ha" in words(app) and "binh" in words(app)
    press(app, choice)
    assert len(said(STEWARD)) == mine and len(said(OTHER)) == 1
    assert not typed(app)


def test_a_draft_remembers_what_had_been_written_when_it_was_begun(person: Person) -> None:
    fill(person.open(STEWARD), "24")
    write_as(OTHER, 31.5)
    app = save(person.open(STEWARD))
    assert app.button(key="entry.keep_mine") and said(STEWARD) == []


def test_a_record_is_corrected_with_a_reason(person: Person) -> None:
    person.open(STEWARD)
    write_as(STEWARD, 31.5)
    (old,) = said()
    app, form = person.open(STEWARD, sua=old.id), f"sua/{old.id}"
    type_in(app, f"value.{FIGURE}", "13,5", form)
    press(app, "entry.preview")
    assert said() == [old]
    type_in(app, "reason", "gõ nhầm hai chữ số", form)
    save(app)
    (new,) = said()
    assert (new.value, new.supersedes, new.reason) == (exactly(13.5), old.id, "gõ nhầm hai chữ số")
    assert (new.source, new.valid_latest) == (old.source, old.valid_latest)


def test_a_record_is_withdrawn_with_a_reason(person: Person) -> None:
    person.open(STEWARD)
    write_as(STEWARD, 31.5)
    (old,) = said()
    app = press(person.open(STEWARD, sua=old.id), "entry.withdraw")
    assert "Chưa nêu lý do" in words(app) and said() == [old]
    app.text_input(key=f"entry.withdraw.{old.id}").set_value("nguồn rút lại").run()
    press(app, "entry.withdraw")
    assert said() == []


def test_an_undo_from_the_list_names_what_rests_on_it(person: Person) -> None:
    person.open(STEWARD)
    batch = write_as(STEWARD, 31.5)
    (old,) = said()
    correction = Entry(
        CLUSTER, FIGURE, exactly(13.5), "13,5", old.valid_earliest, old.valid_latest, old.source,
        old.source_kind, old.reading_confidence, supersedes=old.id, reason="gõ nhầm",
    )
    writing.append(loaders.store(), OTHER, [correction], title="sửa", kind="correct", reason="gõ nhầm")
    loaders.refresh()
    app = press(person.open(STEWARD), f"entry.look.{batch}")
    undo = f"entry.undo.list.{batch}"
    app.text_input(key=f"{undo}.reason").set_value("nhập nhầm cụm").run()
    press(app, undo)
    assert app.warning and "13,5 ha" in words(app)
    assert [one.value for one in said()] == [exactly(13.5)]


def test_an_inspector_sees_own_topics_and_own_batches_only(person: Person) -> None:
    person.open(STEWARD)
    write_as(STEWARD, 31.5)
    app = person.open(INSPECTOR, **{"thuoc-tinh": FIGURE})
    assert any("thuoc-tinh" in box.value for box in app.info)
    assert not [one for one in app.text_input if one.key == key(f"value.{FIGURE}")]
    assert app.selectbox(key=key("value.automatic_monitoring", f"{CLUSTER}/environment"))
    assert "của người khác" not in words(app)
    elsewhere = Account("hoa", "Đỗ Hoa", Role.INSPECTOR, ("2025-07:00000",))
    assert not [one for one in person.open(elsewhere).text_input if str(one.key).startswith("entry|")]


@pytest.mark.parametrize("actor", [None, Account("an", "Nguyễn An", Role.READER)])
def test_without_the_right_to_write_there_is_no_form(person: Person, actor: Account | None) -> None:
    app = person.open(actor)
    assert not [one for one in app.text_input if str(one.key).startswith("entry")]


def test_the_page_speaks_english(person: Person) -> None:
    app = person.open(STEWARD, **{"ngon-ngu": "en"})
    assert "land leased" in " ".join(one.label for one in app.text_input)

"""Accessibility by axe-core, with the violations of Streamlit's own frame told apart from ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

# Parts of the page that Streamlit draws and that no page of ours can change.
FRAME_OF_STREAMLIT = (
    '[data-testid="stHeader"]',
    '[data-testid="stSidebarHeader"]',
    '[data-testid="stSidebarNav"]',
    '[data-testid="stToolbar"]',
    '[data-testid="stStatusWidget"]',
    '[data-testid="stElementToolbar"]',
    '[data-testid="stExpandSidebarButton"]',
    '[data-testid="stSidebarCollapseButton"]',
)
KNOWN_IN_STREAMLIT = {
    ("target-size", '[data-testid="stDateInput"] [role="spinbutton"]'): (
        "day, month and year in a date field; Streamlit sets their size, its calendar has larger targets"
    ),
}
"""Rule of axe and elements of Streamlit's widgets that break it wherever they stand, with why that stays."""
_RUN = """async ([parts, known]) => {
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa',
    'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
  const isFrame = (rule, target) => {
    if (target.length > 1) return false;
    const element = document.querySelector(target[0]);
    return !!element && (parts.some(part => element.closest(part))
      || known.some(([broken, selector]) => broken === rule && element.matches(selector)));
  };
  return found.violations.flatMap(rule => rule.nodes.map(node => ({
    rule: rule.id, impact: node.impact || rule.impact, help: rule.help,
    target: node.target.flat().join(' > '),
    html: node.html.slice(0, 200), inFrame: isFrame(rule.id, node.target.flat()),
  })));
}"""


@dataclass(frozen=True)
class Violation:
    """One element that breaks one rule. `is_frame`: it belongs to Streamlit's own frame."""

    rule: str
    impact: str
    help: str
    target: str
    html: str
    is_frame: bool

    @property
    def is_grave(self) -> bool:
        return self.impact in ("serious", "critical")

    def __str__(self) -> str:
        return f"{self.impact} {self.rule} ({self.help}): {self.target} {self.html}"


@cache
def _script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[Violation]:
    """All violations of the page as it stands, the map's frame included."""
    for frame in page.frames:
        frame.evaluate(_script())
    found = page.evaluate(_RUN, [list(FRAME_OF_STREAMLIT), [list(key) for key in KNOWN_IN_STREAMLIT]])
    return [
        Violation(one["rule"], one["impact"] or "", one["help"], one["target"], one["html"], one["inFrame"])
        for one in found
    ]

"""Texts that must come through as they are and run nowhere."""

NASTY = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "{{7*7*1000003}}", "{% for %}",
    "`${7*7}`", "\\", "\"quo'ted\"", "&amp;", "]]>", "\u202eRTL\u200f", "=1+1", "+84 912", "-rf", "@SUM(A1)",
    "x" * 10_000, "=HYPERLINK(\"http://x\",\"y\")", "Đức Thọ",
)

"""Texts that break things when they are not escaped."""

PRODUCT = "49000147"
NASTY = (
    "<img src=x onerror=\"window.hit=1\">",
    "</script><script>window.hit=1</script>",
    "<svg onload=\"window.hit=1\">",
    "`);window.hit=1;(`",
    "${window.hit=1}",
    "\\`);window.hit=1;(`",
    "\"});window.hit=1;({a:\"",
    "'});window.hit=1;({a:'",
    "{{ 7*7*1000003 }}",
    "{% if %}",
    "{#",
    "\\",
    "\"'",
    "\u202eabc\u202c",
    "_0_div_1",
    "Cụm & <b>đậm</b> &amp;",
    "x" * 10_000,
)

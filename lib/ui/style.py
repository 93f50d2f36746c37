"""The little that the theme cannot do: print, cards, tables read as tables."""

CSS = """
<style>
:root { --ccn-ink:#1B2730; --ccn-soft:#55616B; --ccn-line:#DFE5E8; --ccn-accent:#0B3C5D; --ccn-link:#1F6A8C }
.ccn-answer { margin:0 0 .15rem; font-size:1.6rem; line-height:1.25; font-weight:600; color:var(--ccn-ink) }
.ccn-sub { color:var(--ccn-soft); margin:0 0 .5rem }
.ccn-whose { color:var(--ccn-soft); font-size:.8rem; margin:0 0 .25rem }
.ccn-figure { line-height:1.3 } .ccn-figure small { color:var(--ccn-soft); display:block; font-size:.85rem }
.ccn-figure b { font-size:1.7rem; font-weight:600; font-variant-numeric:tabular-nums; display:block; line-height:1.25 }
.ccn-figure .ccn-none { color:var(--ccn-soft); font-size:1.05rem; font-weight:400 }
.ccn-table { width:100%; border-collapse:collapse; font-variant-numeric:tabular-nums; font-size:.92rem }
.ccn-table th { text-align:left; font-weight:500; color:var(--ccn-soft); border-bottom:1px solid var(--ccn-line); padding:.3rem .5rem }
.ccn-table td { border-bottom:1px solid var(--ccn-line); padding:.4rem .5rem; vertical-align:top; overflow-wrap:anywhere }
.ccn-table .num { text-align:right; white-space:nowrap }
.ccn-table .soft, .ccn-soft { color:var(--ccn-soft) }
.ccn-dot { display:inline-block; width:.8em; height:.8em; border-radius:50%; vertical-align:-.05em; margin-right:.4em; box-sizing:border-box }
.ccn-bar { display:flex; height:26px; gap:2px; margin:.2rem 0 .4rem }
.ccn-bar i { display:block; border-radius:3px; box-sizing:border-box; min-width:3px }
.ccn-legend { display:flex; flex-wrap:wrap; gap:.2rem 1rem; font-size:.92rem }
.ccn-finding { border-left:4px solid var(--ccn-soft); padding:.1rem 0 .1rem .8rem; margin:.2rem 0 .7rem; overflow-wrap:anywhere }
.ccn-finding.unclear { border-left-style:dashed; border-left-color:#8A939B }
.ccn-finding.risk, .ccn-finding.sign, .ccn-finding.violation { border-left-color:#8F1D14 }
.ccn-finding.met, .ccn-finding.not_applicable { border-left-color:#B5D6E0 }
.ccn-finding p { margin:.1rem 0 } .ccn-finding ul { margin:.1rem 0; padding-left:1.1rem }
.ccn-card a, .ccn-finding a, .ccn-table a { color:var(--ccn-link) }
.ccn-chip { display:inline-block; background:#EDF1F3; border-radius:4px; padding:0 .4em; font-size:.85rem; color:var(--ccn-ink) }
.ccn-print { display:none }
@media (max-width:640px) {
  .ccn-answer { font-size:1.3rem }
  .ccn-hide-phone { display:none }
  .ccn-table th, .ccn-table td { padding:.3rem .25rem }
}
@media print {
  @page { size:A4 portrait; margin:12mm }
  [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar], [data-testid=stElementToolbar],
  [data-testid=stDownloadButton], [data-testid=stPopover], [data-testid=stPageLink], [data-testid=stButton],
  [data-testid=stExpandSidebarButton], .st-key-page-tools, .st-key-page-controls, .st-key-map-controls { display:none !important }
  [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain], [data-testid=stMainBlockContainer] {
    position:static !important; display:block !important; overflow:visible !important; height:auto !important; padding:0 !important }
  [data-testid=stColumn] { min-width:0 !important }
  iframe, [data-testid=stPlotlyChart], .ccn-finding, .ccn-figure, tr { break-inside:avoid }
  .ccn-print { display:block } .ccn-screen { display:none }
  * { print-color-adjust:exact; -webkit-print-color-adjust:exact }
}
</style>
"""

"""How the page looks, by day and by night."""

STYLE = """
:root { --ink: #1f2430; --soft: #667085; --line: #e4e7ec; --paper: #ffffff; --ground: #f6f7f9;
  --good: #067647; --bad: #b42318; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --line: #2f3644;
  --paper: #1a1f29; --ground: #11151c; --good: #47cd89; --bad: #f97066; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--ground); }
header, main { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; } h1 { font-size: 1.6rem; margin: 0; } header p { margin: .2rem 0 1rem; }
header p, section > p { color: var(--soft); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.1rem 1.3rem; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; } section > p { margin: -.3rem 0 .6rem; }
.wide { overflow-x: auto; } .wide svg { min-width: 40rem; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; }
th, td { padding: .4rem .55rem; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; } th:nth-child(n+4):nth-child(-n+11) { text-align: right; }
td:nth-child(2), td:nth-child(3) { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.best { font-weight: 700; }
.sign { display: inline-grid; place-items: center; width: 1.45em; height: 1.45em; border-radius: 50%;
  color: #fff; font-size: 12px; font-weight: 600; }
.valid { color: var(--good); font-weight: 600; } .invalid { color: var(--bad); font-weight: 600; }
.why { margin: .8rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: 14px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; font-size: 14px; }
.facts div:nth-child(odd) { color: var(--soft); } .facts div { overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
@media (max-width: 46rem) { .pair { grid-template-columns: 1fr; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts div:nth-child(even) { margin-bottom: .5rem; } }
svg { display: block; width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--soft); }
svg .label { font-size: 13.5px; fill: var(--ink); font-weight: 600; } svg .name { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .mark { stroke: var(--ink); stroke-dasharray: 3 3; opacity: .55; }
svg .hill { opacity: .28; } svg .ridge { fill: none; stroke-width: 2; }
svg .rug { stroke-width: 1; opacity: .22; } svg .series { fill: none; stroke-width: 2; opacity: .9; }
svg .front { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .dot { stroke: var(--paper); stroke-width: 2; } svg .inbar { fill: #fff; font-weight: 600; }
svg .indot { fill: #fff; font-weight: 700; font-size: 11px; }
"""

/** Looks of the report: a phone, a screen and paper; light and dark. Colours differ in lightness too, for those who see few. */
export const styles = `
:root { color-scheme: light dark; --text: #1b1f24; --faint: #59636e; --page: #ffffff; --card: #f6f8fa; --line: #d1d9e0;
  --bar: #2f6fde; --there: #6fbf8f; --missing: #c62828; --incomplete: #d97706; --duplicate: #7c3aed; --open: #d8dee4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --faint: #9198a1; --page: #0d1117; --card: #161b22; --line: #30363d;
    --bar: #6ea8fe; --there: #2f7d4f; --missing: #ff6b6b; --incomplete: #f0a34a; --duplicate: #b794f6; --open: #30363d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; color: var(--text); background: var(--page);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0; font-weight: 600; }
p { margin: .25rem 0 .75rem; }
.faint { color: var(--faint); font-size: .875rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; }
.figures div, .chart { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.figures dt { color: var(--faint); font-size: .8rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures .wrong dd { color: var(--missing); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: .75rem; }
.chart .total { font-variant-numeric: tabular-nums; font-size: 1.1rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }
.bar { fill: var(--bar); } .axis { stroke: var(--line); }
.there { fill: var(--there); background: var(--there); } .missing { fill: var(--missing); background: var(--missing); }
.incomplete { fill: var(--incomplete); background: var(--incomplete); }
.duplicate { fill: var(--duplicate); background: var(--duplicate); } .open { fill: var(--open); background: var(--open); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .875rem; }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
.strips { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: 2px .75rem; align-items: center; font-size: .85rem; }
.strips svg { height: 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 500; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
td.share { width: 30%; min-width: 4rem; } td.share i { display: block; height: .7rem; border-radius: 2px; background: var(--bar); }
@media print {
  :root { color-scheme: light; --text: #000; --faint: #444; --page: #fff; --card: #fff; --line: #bbb; --bar: #2f6fde;
    --there: #6fbf8f; --missing: #c62828; --incomplete: #d97706; --duplicate: #7c3aed; --open: #d8dee4; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .chart, tr, .strips > * { break-inside: avoid; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

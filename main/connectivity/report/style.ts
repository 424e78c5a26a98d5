/** The CSS of an HTML report: light, dark and print, without external resources. */
export const style = `
:root{color-scheme:light dark;--text:#1a1d21;--quiet:#5c6570;--line:#d5dae0;--page:#fff;--soft:#f4f6f8;
--pass:#1c7a3e;--warn:#8a5a00;--fail:#b3261e;--unknown:#8a5a00;--skipped:#5c6570}
@media (prefers-color-scheme:dark){:root{--text:#e4e7eb;--quiet:#9aa4b0;--line:#3a424c;--page:#16191d;--soft:#1f2429;
--pass:#5cc98a;--warn:#e0b050;--fail:#ff8a80;--unknown:#e0b050;--skipped:#9aa4b0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0 0 .5rem}
p{margin:.25rem 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.25rem 0}
dt{color:var(--quiet)}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
thead th{color:var(--quiet);font-weight:600}tbody th{font-weight:600}
.scroll{overflow-x:auto}
pre,code,.evidence{font:13px/1.45 ui-monospace,monospace}
pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.6rem;white-space:pre-wrap;margin:.5rem 0}
.evidence{white-space:pre-wrap}
.verdict{white-space:nowrap;font-weight:600}
.pass{color:var(--pass)}.warn{color:var(--warn)}.fail{color:var(--fail)}.unknown{color:var(--unknown)}.skipped{color:var(--skipped)}
.quiet{color:var(--quiet)}.numbers{font-variant-numeric:tabular-nums;white-space:nowrap}
.finding,.concern{border:1px solid var(--line);border-left:4px solid currentColor;border-radius:4px;padding:.75rem 1rem;margin:.75rem 0}
.finding>*,.concern>*{color:var(--text)}
.stages th{white-space:nowrap;overflow-wrap:normal}.stages .evidence{width:60%}.track{width:18%;min-width:7rem}.track i{display:block;height:.6rem;margin-top:.4rem;border-radius:2px;background:currentColor;min-width:2px}
@media print{body{max-width:none;padding:0;font-size:11pt}.concern,.finding,tr{break-inside:avoid}.track i{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit}}
`.trim()

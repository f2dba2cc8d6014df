/** Colours of both themes have a contrast of 4.5 and more to what is behind them. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f7fa; --card: #fff; --edge: #d9dee7; --text: #171b24; --soft: #525c6e;
  --accent: #1f56d0; --code: #eef1f6;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218; --card: #171b23; --edge: #2d3441; --text: #e9ecf2; --soft: #a6b0c0;
    --accent: #8fb4ff; --code: #0b0e13;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  display: grid; grid-template-columns: minmax(12rem, 17rem) minmax(0, 1fr); gap: 0 2.5rem;
  max-width: 80rem; margin: 0 auto; padding: 0 1.5rem 4rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--card); }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; }
a { color: var(--accent); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.5rem 0 2rem; }
nav ul { margin: 0; padding: 0; list-style: none; font-size: .9rem; }
nav a { display: block; padding: .2rem 0; overflow-wrap: anywhere; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav .of-2 { margin-top: .9rem; font-weight: 650; }
nav .of-3 { padding-left: .9rem; border-left: 2px solid var(--edge); font-family: var(--mono); font-size: .8125rem; }
main { min-width: 0; padding-top: 2rem; }
h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { overflow-wrap: anywhere; margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--edge); font-size: 1.4rem; }
h3 { margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--edge); font-size: 1.15rem; overflow-wrap: anywhere; }
h4 { margin: 1.5rem 0 .4rem; color: var(--soft); font-size: .95rem; }
p, ul { margin: .6rem 0; overflow-wrap: anywhere; }
.prose { white-space: pre-line; }
code { font: .875em var(--mono); overflow-wrap: anywhere; }
p code, li code, td code, th code { padding: .1em .35em; border-radius: 5px; background: var(--code); }
a code { padding: 0; background: none; }
h1 code, h3 code { font-size: 1em; font-weight: 650; }
pre {
  margin: .6rem 0 1.2rem; padding: .8rem 1rem; overflow-x: auto; white-space: pre; line-height: 1.4;
  border: 1px solid var(--edge); border-radius: 9px; background: var(--code);
}
pre code { overflow-wrap: normal; }
.answer { border-left: 3px solid var(--accent); }
.table {
  margin: .6rem 0; overflow-x: auto; border: 1px solid var(--edge); border-radius: 9px; background: var(--card);
}
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .5rem .8rem; text-align: left; vertical-align: top; border-top: 1px solid var(--edge); }
thead th, thead td { border-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 600; }
tbody th { font-weight: 500; white-space: nowrap; }
td { min-width: 5rem; }
td, td code, th code { overflow-wrap: break-word; }
td:last-child { min-width: 11rem; }
@media (max-width: 48rem) {
  body { display: block; padding: 0 1rem 3rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  nav .of-2 { margin-top: 0; }
  nav .of-3 { display: none; }
  main { padding-top: 1rem; }
  h1 { font-size: 1.6rem; }
}
@media print {
  body { display: block; }
  nav, .skip { display: none; }
}
`;

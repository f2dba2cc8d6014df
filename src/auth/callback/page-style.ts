/** The style of the pages in the browser: light and dark, down to phone width, no file beside it. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --edge: #d9dce3; --text: #1c2029; --soft: #566071; --good: #157a4a; --bad: #b3261e; --open: #4a5568; --code: #eef0f4 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161b; --card: #1d2027; --edge: #343945; --text: #eceef2; --soft: #a7afbd; --good: #4fc98a; --bad: #ff8a80; --open: #a7afbd; --code: #12141a }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; padding: 1.5rem 1rem; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 1rem; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { width: 100%; max-width: 34rem; padding: 2.25rem 2rem; background: var(--card); border: 1px solid var(--edge); border-radius: 14px; overflow-wrap: anywhere }
svg { width: 3rem; height: 3rem; margin-left: -.15rem; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
.good svg { color: var(--good) }
.bad svg { color: var(--bad) }
.open svg { color: var(--open) }
h1 { margin: .75rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650 }
h2 { margin: 1.5rem 0 .25rem; font-size: 1rem; font-weight: 650 }
p { margin: .35rem 0 }
pre { margin: .75rem 0; padding: .8rem 1rem; background: var(--code); border: 1px solid var(--edge); border-radius: 8px; white-space: pre-wrap }
pre span { display: inline-block; max-width: 100% }
code { font: .9375rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.code, footer { color: var(--soft); font-size: .875rem }
.code code { font-size: .875rem }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem } h1 { font-size: 1.3rem } }
`;

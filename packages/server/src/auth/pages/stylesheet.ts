// How pages look: one stylesheet, light and dark, linked under a name that changes with its content.

import { digestOf } from "../secrets.js";

const css = `
:root {
  color-scheme: light dark;
  --page: #f4f6f4;
  --card: #ffffff;
  --ink: #17211b;
  --quiet: #55615a;
  --line: #cfd6d1;
  --edge: #7d8981;
  --leaf: #1b7a44;
  --leaf-strong: #135f34;
  --on-leaf: #ffffff;
  --tint: #e7f3eb;
  --bad: #b3261e;
  --bad-tint: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101411;
    --card: #191f1b;
    --ink: #e7ece8;
    --quiet: #a3aea7;
    --line: #333c36;
    --edge: #7d8981;
    --leaf: #6fd598;
    --leaf-strong: #8fe3b0;
    --on-leaf: #08210f;
    --tint: #1c2e23;
    --bad: #ffb4ab;
    --bad-tint: #3b1d1b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--page);
  color: var(--ink);
  overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
:lang(ja) body, body:lang(ja) { font-family: system-ui, "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP", sans-serif; }
:lang(ko) body, body:lang(ko) { font-family: system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR", sans-serif; word-break: keep-all; }
a { color: var(--leaf); text-underline-offset: .15em; }
a:hover { color: var(--leaf-strong); }
:focus-visible { outline: 3px solid var(--leaf); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: .5rem; top: -4rem; padding: .5rem 1rem; background: var(--card); border-radius: 6px; z-index: 1; }
.skip:focus { top: .5rem; }
header, footer { width: 100%; max-width: 44rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; align-items: center; justify-content: space-between; gap: 1rem; }
.mark { display: inline-flex; align-items: center; gap: .5rem; color: var(--ink); font-weight: 650; letter-spacing: .01em; text-decoration: none; }
.mark:hover { color: var(--ink); }
.mark svg { width: 1.75rem; height: 1.75rem; color: var(--leaf); }
.who { color: var(--quiet); font-size: .9rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { width: 100%; max-width: 44rem; margin: 0 auto; padding: .5rem 1.25rem 2rem; flex: 1; }
main.narrow { max-width: 28rem; }
main:focus { outline: none; }
h1 { margin: .5rem 0 1rem; font-size: 1.75rem; line-height: 1.25; font-weight: 680; text-wrap: balance; }
h2 { margin: 0 0 .75rem; font-size: 1.2rem; line-height: 1.35; }
h3 { margin: 0; font-size: 1.05rem; line-height: 1.4; }
p { margin: 0 0 1rem; }
.lead, .hint, .quiet { color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; margin: 0 0 1.25rem; }
.card > :last-child, .card > form > :last-child { margin-bottom: 0; }
form { margin: 0; }
.field { margin: 0 0 1.1rem; }
label, legend { display: block; font-weight: 600; margin: 0 0 .3rem; padding: 0; }
.hint { display: block; font-size: .9rem; margin: 0 0 .35rem; }
fieldset { border: 0; margin: 0 0 1.1rem; padding: 0; min-width: 0; }
input[type=text], input[type=email], input[type=password] {
  width: 100%;
  padding: .6rem .75rem;
  font: inherit;
  color: inherit;
  background: var(--page);
  border: 1px solid var(--edge);
  border-radius: 8px;
}
input[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
input.code { font: 600 1.5rem/1.4 ui-monospace, "SFMono-Regular", Consolas, "Liberation Mono", monospace; letter-spacing: .12em; text-align: center; text-transform: uppercase; }
.tick { display: grid; grid-template-columns: auto 1fr; gap: .1rem .7rem; align-items: start; margin: 0 0 .9rem; }
.tick label { font-weight: 500; margin: 0; }
.tick .hint, .tick .wrong { grid-column: 2; }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin: .2rem 0 0; accent-color: var(--leaf); }
.wrong { display: block; color: var(--bad); font-weight: 600; font-size: .9rem; margin: 0 0 .35rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 1.25rem 0 0; }
.actions + .actions { margin-top: .75rem; }
.card > .actions:first-child { margin-top: 0; }
button, .button {
  display: inline-block;
  min-height: 2.75rem;
  padding: .55rem 1.25rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  color: var(--on-leaf);
  background: var(--leaf);
  border: 1px solid var(--leaf);
  border-radius: 8px;
  cursor: pointer;
}
button:hover, .button:hover { background: var(--leaf-strong); border-color: var(--leaf-strong); color: var(--on-leaf); }
button.second, .button.second { color: var(--ink); background: transparent; border-color: var(--edge); }
button.second:hover, .button.second:hover { background: var(--tint); color: var(--ink); }
button.danger, .button.danger { color: var(--bad); background: transparent; border-color: var(--bad); }
button.danger:hover, .button.danger:hover { background: var(--bad-tint); color: var(--bad); }
.wide { width: 100%; }
.notice { border: 1px solid var(--leaf); border-left-width: 6px; background: var(--tint); border-radius: 8px; padding: .85rem 1.1rem; margin: 0 0 1.25rem; }
.problem { border: 1px solid var(--bad); border-left-width: 6px; background: var(--bad-tint); border-radius: 8px; padding: .85rem 1.1rem; margin: 0 0 1.25rem; }
.problem h2 { font-size: 1.05rem; margin: 0 0 .25rem; }
.problem ul { margin: 0; padding-left: 1.2rem; }
.problem a { color: var(--bad); }
.problem:focus { outline: none; }
.notice > :last-child, .problem > :last-child { margin-bottom: 0; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li { padding: 1rem 0; border-top: 1px solid var(--line); }
ul.plain > li:first-child { border-top: 0; padding-top: 0; }
ul.plain > li:last-child { padding-bottom: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; }
.row > :first-child { min-width: 0; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
.badge { display: inline-block; padding: 0 .6rem; border-radius: 999px; font-size: .85rem; font-weight: 600; background: var(--tint); color: var(--leaf-strong); vertical-align: middle; }
.badge.off { background: transparent; color: var(--quiet); border: 1px solid var(--line); }
ol.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .4rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; font: 600 1.05rem/1.7 ui-monospace, "SFMono-Regular", Consolas, "Liberation Mono", monospace; }
.document { max-height: 14rem; overflow: auto; border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; margin: 0 0 .75rem; background: var(--page); }
.document p:last-child { margin: 0; }
code { font-family: ui-monospace, "SFMono-Regular", Consolas, "Liberation Mono", monospace; font-size: .95em; }
footer { color: var(--quiet); font-size: .9rem; }
footer ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; }
@media (max-width: 30rem) {
  .card { padding: 1.1rem; }
  .actions > *, .actions > form > * { width: 100%; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 .5rem; }
}
@media (prefers-reduced-motion: no-preference) { button, .button, input { transition: background-color .12s, border-color .12s; } }
@media print { header, footer, .actions, .skip { display: none; } body { background: #fff; } .card { border: 0; padding: 0; } }
`.trim();

/** Where the stylesheet is: another place for another content, so that browsers may keep it for good. */
export const stylesheetPath = `/assets/pages-${digestOf(css)
  .replaceAll(/[^a-z0-9]/gi, "")
  .slice(0, 12)}.css`;

export function stylesheetAnswer(): Response {
  return new Response(css, {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}

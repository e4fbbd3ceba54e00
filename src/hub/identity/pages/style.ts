import { createHash } from 'node:crypto';

/**
 * The look of the sign-in pages: one card, light and dark, from 320 px up, no script and nothing from elsewhere.
 * The colours are those of the shared theme (`src/shared-ui/theme.ts`), which the hub does not import.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f5f8f9; --card: #ffffff; --ink: #151e24; --soft: #586870; --line: #82929a;
  --accent: #13636f; --on-accent: #ffffff; --accent-strong: #0f4f5a; --alert: #a3180f; --alert-page: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d151a; --card: #131d23; --ink: #e4ebee; --soft: #98a9b1; --line: #71848d;
    --accent: #52a9b8; --on-accent: #080e12; --accent-strong: #7cc0cc; --alert: #ffb4ab; --alert-page: #43201d;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--ink); display: flex; flex-direction: column;
  align-items: center; justify-content: center; padding: 1rem; }
main { width: 100%; max-width: 26rem; background: var(--card); border-radius: 0.75rem; padding: 2rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 0.12), 0 8px 24px rgb(0 0 0 / 0.08); overflow-wrap: anywhere; }
.brand { display: flex; align-items: center; gap: 0.625rem; font-size: 1.1875rem; font-weight: 650; letter-spacing: -0.02em;
  line-height: 1; margin: 0 0 1.5rem; }
.brand img { display: block; flex: none; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; text-wrap: balance; }
time { white-space: nowrap; }
p { margin: 0 0 1rem; }
main > :last-child, main > :last-child > :last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
.small { font-size: 0.9rem; }
.who { font-weight: 600; }
form { margin: 0; }
label { display: block; font-weight: 600; margin: 0 0 0.3rem; }
.hint { color: var(--soft); font-size: 0.9rem; margin: 0.3rem 0 0; }
form + form button.primary { margin-top: 0.75rem; }
form + .small, button + .small { margin-top: 1rem; }
.field { margin: 0 0 1.1rem; }
input { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 0.4rem; padding: 0.6rem 0.75rem; min-height: 2.75rem; }
input[readonly] { background: var(--page); }
input[aria-invalid="true"] { border-color: var(--alert); border-width: 2px; }
input.code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: 1.35rem;
  letter-spacing: 0.12em; text-transform: uppercase; text-align: center; }
code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: 0.95em; }
.code-shown { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: 1.6rem;
  letter-spacing: 0.12em; text-align: center; background: var(--page); border-radius: 0.4rem; padding: 0.6rem; }
button, .button { font: inherit; font-weight: 600; width: 100%; min-height: 2.75rem; padding: 0.6rem 1rem; border-radius: 0.4rem;
  border: 1px solid transparent; cursor: pointer; text-align: center; display: block; text-decoration: none; }
button.primary, .button { background: var(--accent); color: var(--on-accent); }
button.primary:hover, .button:hover { background: var(--accent-strong); }
button.plain { background: transparent; color: var(--accent); border-color: var(--line); margin-top: 0.75rem; }
button.plain:hover { border-color: var(--accent); }
a { color: var(--accent); }
.qr { display: block; width: 100%; max-width: 13rem; height: auto; margin: 0 auto 1rem; border-radius: 0.4rem; }
.four { margin-inline: 0.3em; }
.or { color: var(--soft); text-align: center; margin: 1rem 0; }
[hidden] { display: none; }
form > .problem { margin: 0 0 1rem; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 1.75rem 0 0.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
ul.rows { list-style: none; margin: 0 0 1rem; padding: 0; }
ul.rows > li { padding: 0.6rem 0; display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; }
ul.rows > li + li { border-top: 1px solid var(--page); }
ul.rows .what { flex: 1 1 11rem; }
ul.rows .what small { display: block; color: var(--soft); font-size: 0.875rem; }
ul.rows form { flex: none; }
button.small, .button.small { width: auto; min-height: 2.25rem; padding: 0.3rem 0.75rem; margin: 0; font-size: 0.9375rem; }
.done { background: var(--page); border-left: 4px solid var(--accent); border-radius: 0.25rem; padding: 0.75rem 1rem; margin: 0 0 1.25rem; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: 0.4rem 0; }
details > form { padding-top: 0.75rem; }
ul.rows details { flex: 1 1 100%; margin: 0; }
ul.rows form > :last-child { margin-bottom: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.problem { background: var(--alert-page); color: var(--alert); border-left: 4px solid var(--alert); border-radius: 0.25rem;
  padding: 0.75rem 1rem; margin: 0 0 1.25rem; }
.problem p { margin: 0; }
dl { margin: 0 0 1.25rem; display: grid; grid-template-columns: minmax(5rem, auto) 1fr; gap: 0.35rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
footer { color: var(--soft); font-size: 0.85rem; margin-top: 1rem; text-align: center; overflow-wrap: anywhere; }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem; } dl { grid-template-columns: 1fr; gap: 0 0; } dd { margin-bottom: 0.5rem; } }
@media (forced-colors: active) { button.primary, .button { border-color: ButtonText; } }
`;

/** Address of the style sheet; changes with its content, so it can be kept for ever. */
export const STYLE_PATH = `/sign-in/style-${createHash('sha256').update(STYLE).digest('hex').slice(0, 16)}.css`;

import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })

/** What makes text from outside visible, and harmless to paste. */
export const display: readonly Mutation[] = [
  {
    id: 'visible-bidi-and-zero-width',
    file: 'preload/visible-text.ts',
    find: '\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}',
    replace: '\\p{Noncharacter_Code_Point}',
    test: unit('preload/visible-text.test.ts', 'text from outside'),
  },
  {
    id: 'visible-controls',
    file: 'preload/visible-text.ts',
    find: '[[\\p{Cc}',
    replace: '[[',
    test: unit('preload/visible-text.test.ts', 'text from outside'),
  },
  {
    id: 'visible-terminal',
    file: 'main/terminal/print.ts',
    find: "typeof chunk === 'string' ? printable(chunk) : chunk",
    replace: 'chunk',
    test: unit('main/terminal/print.test.ts', 'is written with marks for'),
  },
  {
    id: 'visible-terminal-edge',
    file: 'main/cli.ts',
    find: 'printableStream(stderr)',
    replace: 'stderr',
    test: unit('main/cli.test.ts', 'shows hidden characters of what every command writes'),
  },
  {
    id: 'visible-json',
    file: 'main/terminal/print.ts',
    find: 'visibleJson(JSON.stringify(document))',
    replace: 'JSON.stringify(document)',
    test: unit('main/terminal/print.test.ts', 'is exact in JSON'),
  },
  {
    id: 'visible-reports',
    file: 'main/connectivity/report/sanitize.ts',
    find: "visibleText(redact(text.replaceAll('\\r\\n', '\\n')))",
    replace: "redact(text.replaceAll('\\r\\n', '\\n')).toWellFormed()",
    test: unit('main/connectivity/report/render.test.ts', 'shows hidden characters as marks'),
  },
  {
    id: 'visible-window',
    file: 'scripts/visible-elements.ts',
    find: 'return own ? undefined : runtimes[source]',
    replace: 'return own ? undefined : runtimes[`${source}/none`]',
    test: { project: 'window', file: 'test/window/views.test.ts', title: 'text from outside that reorders' },
  },
  {
    id: 'visible-window-single-child',
    file: 'renderer/ui/jsxRuntime.ts',
    find: 'react.jsx(type, visibleProps(type, props), key)',
    replace: 'react.jsx(type, visibleProps === undefined ? props : props, key)',
    test: unit('renderer/ui/visibleProps.test.ts', 'every runtime of JSX'),
  },
  {
    id: 'visible-window-children',
    file: 'renderer/ui/jsxRuntime.ts',
    find: 'react.jsxs(type, visibleProps(type, props), key)',
    replace: 'react.jsxs(type, visibleProps === undefined ? props : props, key)',
    test: unit('renderer/ui/visibleProps.test.ts', 'every runtime of JSX'),
  },
  {
    id: 'paste-button',
    file: 'renderer/ui/CopyButton.tsx',
    find: 'exact ? text() : pasteSafe(text())',
    replace: 'exact ? text() : pasteSafe === undefined ? label : text()',
    test: { project: 'window', file: 'test/window/views.test.ts', title: 'is copied as comments' },
  },
  {
    id: 'paste-comments',
    file: 'preload/visible-text.ts',
    find: '`# ${line}`.trimEnd()',
    replace: 'line.trimEnd()',
    test: unit('preload/visible-text.test.ts', 'runs nothing when it is pasted'),
  },
  {
    id: 'paste-quotes',
    file: 'preload/visible-text.ts',
    find: ".replaceAll(\"'\", '’')",
    replace: '',
    test: unit('preload/visible-text.test.ts', 'runs nothing when it is pasted'),
  },
  {
    id: 'paste-quote-opens',
    file: 'preload/visible-text.ts',
    find: `const shellHead = "# From Hangar's report"`,
    replace: "const shellHead = '# From Hangar'",
    test: unit('preload/visible-text.test.ts', 'runs nothing when it is pasted'),
  },
  {
    id: 'command-one-line',
    file: 'preload/network-text.ts',
    find: 'shellWord(percentEncoded(text)',
    replace: 'shellWord(text',
    test: unit('preload/network-text.test.ts', 'is one line of visible ASCII'),
  },
  {
    id: 'reproduce-in-powershell',
    file: 'preload/network-text.ts',
    find: `percentEncoded(text).replaceAll("'", '%27')`,
    replace: 'percentEncoded(text)',
    test: unit('preload/network-text.test.ts', 'is one line of visible ASCII'),
  },
  {
    id: 'powershell-apostrophes',
    file: 'preload/shell-word.ts',
    find: "text.replaceAll(apostrophes, '$&$&')",
    replace: "text.replaceAll('\\'', '$&$&')",
    test: unit('preload/shell-word.test.ts', 'is one literal word of PowerShell'),
  },
]

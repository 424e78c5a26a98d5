import { expect, it } from 'vitest'
import { wrongPage } from '../../main/connectivity/probe/web-pages.ts'
import { parseAnswer } from '../../main/connectivity/vantage/existing-pod/shell.ts'
import { causeOfMessage } from '../../main/connectivity/vantage/refusal.ts'
import { faultMessage } from '../../main/fault.ts'
import { parseHolder } from '../../main/install/lease/holder.ts'
import { firstDocument } from '../../main/lib/kubernetes/go-yaml.ts'
import { parseQuantity } from '../../main/lib/rules/quantity.ts'
import { redact, redactStrictly } from '../../main/lib/rules/redaction.ts'
import { printTable } from '../../main/terminal/print.ts'

const page = (body: string) => ({
  status: 200,
  reason: 'OK',
  headers: { 'content-type': 'text/html' },
  body,
  at: 0,
  halfTripMs: 0,
})

/** Texts with which a regular expression that backtracks takes over ten seconds; a linear one, milliseconds. */
it.each([
  ['a page of tags that do not end', () => wrongPage(page('<'.repeat(200_000)))],
  ['a page of scripts that do not end', () => wrongPage(page('<script '.repeat(20_000)))],
  ['the holder of a Lease, which a tenant wrote', () => parseHolder('0.@'.repeat(100_000))],
  ['a kubeconfig of carriage returns', () => firstDocument(`${'\r'.repeat(150_000)}\n---\n`)],
  ['a quantity of a chart, a profile or a pod', () => parseQuantity(`${'0'.repeat(150_000)}x`)],
  ['evidence with beginnings of tokens', () => redact('eyJaaaaa-'.repeat(33_000))],
  ['a text of an unknown server with beginnings of tokens', () => redactStrictly('eyJ-'.repeat(60_000))],
  ['a line of a pod that the user named', () => parseAnswer(`@hangar 0 dns s ${'0'.repeat(100_000)}\u2028`)],
  ['a message of an admission webhook', () => causeOfMessage('maximum '.repeat(30_000))],
  ['an unexpected error', () => faultMessage(new Error(', "'.repeat(60_000)))],
  ['a cell of a table in the terminal', () => print(`a${' '.repeat(150_000)}b`)],
])('costs little, however it was written: %s', (_what, read) => {
  const startedMs = performance.now()
  read()
  expect(performance.now() - startedMs).toBeLessThan(3_000)
})

function print(cell: string): void {
  const terminal = { columns: undefined, stdout: { write: () => true } }
  printTable(terminal as unknown as Parameters<typeof printTable>[0], ['cell', ''], [[cell, '']]) // only what it uses
}

it.each([
  ['a token after another word', 'token-eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln end', 'token-*** end'],
  ['a token after a dot', 'a.eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln', 'a.***'],
  ['a page with a script', '<html>Site <script>if (a < b) x()</script><b>blocked</b> by us', 'Site blocked by us'],
])('is read as before: %s', (_what, text, expected) => {
  const isPage = text.startsWith('<')
  const read = isPage ? wrongPage(page(text))?.message : redact(text)
  expect(read?.replaceAll(/\s+/g, ' ')).toContain(expected)
})

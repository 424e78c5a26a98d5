import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { contract } from '../../../preload/contract/index.ts'
import { LogStore } from '../store/store.ts'
import { exportLogs } from './export.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const lines = 3_000

function filled(): LogStore {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
  const store = LogStore.writing(folder, randomBytes(32))
  onTestFinished(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const records = Array.from({ length: lines }, (_, index) => ({
    atMs: Date.UTC(2026, 10, 22, 23, 50) + index * 500,
    atSource: 'line' as const,
    level: null,
    source: 'orders',
    pod: 'orders-1',
    container: 'main',
    parser: 'plain' as const,
    raw: `line ${index} ${'x'.repeat(200)}${index === 7 ? ' for ann@mail.example' : ''}`,
  }))
  store.append({ stream: 's', records, bookmark: { ns: 1n, seen: [], restarts: 0 } })
  return store
}

async function exported(redact: boolean) {
  const store = filled()
  const input = { query: { planeId, order: 'oldest' as const }, format: 'ndjson' as const, redact }
  let text = ''
  for await (const event of exportLogs(store.search.bind(store), input, AbortSignal.timeout(10_000)))
    if (event.kind === 'text') text += event.text
    else
      return {
        ...event,
        raws: text
          .trim()
          .split('\n')
          .map((line): string => JSON.parse(line).raw),
      }
  throw new Error('The export ended without `done`')
}

it('an export has each line that matches once, in order, beyond the limit of a search', async () => {
  const { raws, records } = await exported(true)
  expect(records).toBe(lines)
  expect(raws.map((raw) => Number(raw.split(' ')[1]))).toEqual(Array.from({ length: lines }, (_, index) => index))
})

it('an export hides personal data and counts where, unless it is asked not to', async () => {
  const hidden = await exported(true)
  expect(hidden.raws[7]).toMatch(/ for \*\*\*$/)
  expect(hidden.redacted).toBe(1)
  const kept = await exported(false)
  expect(kept.raws[7]).toMatch(/ for ann@mail\.example$/)
  expect(kept.redacted).toBe(0)
})

it('an export that does not say so hides secrets and personal data', () => {
  const schema = contract.logs.export['~orpc'].inputSchema
  expect(schema?.parse({ planeId, format: 'csv' }).redact).toBe(true)
})

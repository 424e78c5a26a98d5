import { describe, expect, it } from 'vitest'
import { foundEntries, type PaletteEntry, shownAtMost } from './paletteEntries.ts'

const entry = (id: string, label: string, detail = '', onlyFound = false): PaletteEntry => ({
  id,
  label,
  detail,
  onlyFound,
  run: () => undefined,
})
const entries = [
  entry('home', 'Home', 'View'),
  entry('demo', 'demo', 'Plane'),
  entry('demo/logs', 'demo: Logs', 'View of a plane'),
  entry('orders/logs', 'orders-prod: Logs', 'View of a plane'),
  entry('lock', 'Lock vault', 'Action'),
  entry('pod', 'agent-7d9f8-abcde', 'Pod in plane', true),
  entry('help', 'tls.reset', 'Help: Causes', true),
]
const ids = (query: string, recent: readonly string[] = []) => foundEntries(entries, query, recent).map(({ id }) => id)

describe('foundEntries', () => {
  it.each([
    ['logs demo', ['demo/logs']],
    ['demo logs', ['demo/logs']],
    ['LOGS', ['demo/logs', 'orders/logs']],
    ['pod agent', ['pod']],
    ['plane', ['demo', 'pod', 'demo/logs', 'orders/logs']],
    ['causes reset', ['help']],
    ['prod', ['orders/logs']],
    ['vault unlikely', []],
  ])('finds for "%s": %j', (query, found) => {
    expect(ids(query).toSorted()).toEqual(found.toSorted())
  })

  it('has a name that begins with the word before one that contains it', () => {
    expect(ids('lo')[0]).toBe('lock')
    expect(ids('demo')).toEqual(['demo', 'demo/logs'])
  })

  it('shows what was used last first, also of kinds that are only found', () => {
    expect(ids('', ['pod', 'lock'])).toEqual(['pod', 'lock', 'home', 'demo', 'demo/logs', 'orders/logs'])
    expect(ids('logs', ['orders/logs'])).toEqual(['orders/logs', 'demo/logs'])
  })

  it('shows a list that can be read', () => {
    const many = Array.from({ length: 3_000 }, (_, at) => entry(`${at}`, `pod-${at}`))
    expect(foundEntries(many, 'pod', [])).toHaveLength(shownAtMost)
  })
})

import { describe, expect, it } from 'vitest'
import type { DraftChange, DraftRow } from '../../../preload/contract/profile-draft.ts'
import { fileLimitBytes, nameFrom, tooMuch, totalLimitBytes, withChosen } from './files.ts'
import {
  countsOf,
  decisionsFor,
  editedEntry,
  type FieldName,
  fieldFault,
  fieldsOf,
  nextUndecided,
  rowBeside,
  rowsOfChanges,
  sureRows,
  titleOfRow,
  visibleRows,
} from './review.ts'

const row = (
  id: string,
  kind: DraftRow['kind'],
  entry: DraftRow['entry'] = {},
  confidence: DraftRow['confidence'] = 'sure',
) => ({ id, kind, title: id, confidence, evidence: [], entry })
const rows = [row('a', 'release'), row('b', 'endpoint', {}, 'guess'), row('c', 'component')]
const endpoint = row('endpoint:e', 'endpoint', { component: 'agent', protocol: 'https', host: 'a.example', port: 443 })

describe('the decisions', () => {
  it('are counted', () => {
    expect(countsOf(rows, { a: 'confirmed', c: 'skipped' })).toEqual({
      total: 3,
      confirmed: 1,
      skipped: 1,
      undecided: 1,
    })
  })

  it('of the filter are the rows without one', () => {
    expect(visibleRows(rows, { a: 'confirmed', c: 'skipped' }, 'undecided').map(({ id }) => id)).toEqual(['b'])
    expect(visibleRows(rows, { a: 'confirmed' }, 'all')).toHaveLength(3)
  })

  it.each([
    ['a', {}, 'b'],
    ['a', { b: 'skipped' }, 'c'],
    ['c', { b: 'skipped' }, 'a'],
    ['b', { a: 'confirmed', b: 'confirmed', c: 'confirmed' }, undefined],
  ] as const)('after row %s with %j, the next is %s', (id, decisions, next) => {
    expect(nextUndecided(rows, id, decisions)).toBe(next)
  })

  it.each([
    ['a', 1, 'b'],
    ['c', 1, 'c'],
    ['a', -1, 'a'],
    [undefined, 1, 'a'],
  ] as const)('beside %s by %i is %s', (id, by, beside) => {
    expect(rowBeside(rows, id, by)).toBe(beside)
  })

  it('for all sure rows include no guess, no removal and nothing that was decided', () => {
    const missing = { ...row('d', 'endpoint'), change: 'missing' as const }
    expect(sureRows([...rows, missing], { a: 'skipped' }).map(({ id }) => id)).toEqual(['c'])
  })
})

describe('an edit', () => {
  it.each<[FieldName, string, ReturnType<typeof fieldFault>]>([
    ['host', ' ', 'empty'],
    ['title', '', undefined],
    ['port', '', undefined],
    ['port', '443', undefined],
    ['port', '${broker.port}', undefined],
    ['port', '0', 'port'],
    ['port', '65536', 'port'],
    ['port', '1e3', 'port'],
    ['port', 'https', 'port'],
  ])('of %s to "%s" has the fault %s', (field, text, fault) => {
    expect(fieldFault(field, text)).toBe(fault)
  })

  it('changes the entry and the line of an endpoint; a port is a number, and an empty one is left out', () => {
    expect(editedEntry(endpoint, { host: ' b.example ', port: '8443' })).toEqual({
      component: 'agent',
      protocol: 'https',
      host: 'b.example',
      port: 8443,
    })
    expect(editedEntry(endpoint, { port: '' })).toEqual({ component: 'agent', protocol: 'https', host: 'a.example' })
    expect(titleOfRow(endpoint, { host: 'b.example', protocol: 'wss' })).toBe('agent → wss b.example:443')
  })

  it('of a setting is one of its schema, and its default stays a text', () => {
    const setting = row('s', 'setting', { name: 'a.b', schema: { type: 'string', title: 'B', default: 'x' } })
    expect(fieldsOf(setting)).toEqual([
      { field: 'title', text: 'B' },
      { field: 'default', text: 'x' },
    ])
    expect(editedEntry(setting, { default: '' })).toEqual({
      name: 'a.b',
      schema: { type: 'string', title: 'B', default: '' },
    })
  })

  it('without a decision is sent as kept, so that the row stays marked', () => {
    expect(decisionsFor([endpoint, ...rows], { b: 'skipped' }, { 'endpoint:e': { port: '1' } })).toEqual([
      { row: 'endpoint:e', as: 'kept', entry: { ...endpoint.entry, port: 1 } },
      { row: 'b', as: 'skipped' },
    ])
  })
})

it('a change has the kind of its id, and is taken as it is', () => {
  const change: DraftChange = {
    row: 'endpoint:e',
    title: 'e',
    kind: 'changed',
    confidence: 'sure',
    evidence: [],
    fields: [{ field: 'port', before: '1', after: '443' }],
  }
  const [first] = rowsOfChanges([change], [endpoint])
  expect(first).toMatchObject({ kind: 'endpoint', change: 'changed', entry: endpoint.entry })
  expect(first && fieldsOf(first)).toEqual([])
})

describe('the chosen files', () => {
  const file = (path: string, size = 1) => ({ path, size })

  it.each([
    ['vendor/a.yaml', 1, undefined],
    ['vendor/a.tgz', fileLimitBytes + 1, 'tooLarge'],
    ['../a', 1, 'badName'],
    ['/etc/passwd', 1, 'badName'],
    ['C:/a', 1, 'badName'],
    ['a\\b', 1, 'badName'],
    ['a\u0000b', 1, 'badName'],
    ['a'.repeat(501), 1, 'badName'],
  ])('%s of %i bytes is refused as %s', (path, size, why) => {
    const { files, refused } = withChosen([], [file(path, size)])
    expect([files.length, refused[0]?.why]).toEqual(why === undefined ? [1, undefined] : [0, why])
  })

  it('replace those of the same path, without folders that no vendor delivers', () => {
    const before = [file('a', 1), file('b', 1)]
    const chosen = [file('b', 2), file('v/.git/HEAD'), file('v/node_modules/x')]
    expect(withChosen(before, chosen)).toEqual({ files: [file('a', 1), file('b', 2)], refused: [] })
  })

  it('have limits together', () => {
    expect(tooMuch([file('a', totalLimitBytes)])).toBeUndefined()
    expect(tooMuch([file('a', totalLimitBytes), file('b')])).toBe('bytes')
    expect(tooMuch(Array.from({ length: 5_001 }, (_, at) => file(`${at}`, 0)))).toBe('files')
  })

  it.each([
    ['Vendor Files/charts/a/Chart.yaml', 'vendor-files'],
    ['agent-1.2.0.tgz', 'agent-1-2-0'],
    ['___', ''],
  ])('%s gives the name "%s"', (path, name) => {
    expect(nameFrom(path)).toBe(name)
  })
})

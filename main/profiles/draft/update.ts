import { type Document, isMap, isSeq } from 'yaml'
import type { DraftChange, DraftRow } from '../../../preload/contract/profile-draft.ts'
import { exactText } from '../../../preload/visible-text.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { documentValue, parseDocuments } from '../../lib/yaml-documents.ts'
import { commentOf } from './compose.ts'

/** The lists of a profile, with the field that names an entry. */
const lists = {
  component: ['components', 'id'],
  credential: ['credentials', 'id'],
  release: ['releases', 'name'],
  endpoint: ['endpoints', 'id'],
  logSource: ['logSources', 'id'],
} as const

type Listed = keyof typeof lists

/** What people write: the vendor's files do not change it. */
const ofPeople: ReadonlySet<string> = new Set(['title', 'summary', 'note'])

const isListed = (kind: DraftRow['kind']): kind is Listed => kind in lists

type Path = (string | number)[]

/** The versions of a release's chart in the profile and in the vendor's files, where its files differ. */
export type ChartVersions = ReadonlyMap<string, { readonly before: string; readonly after: string }>

/**
 * What a newer draft changes in a profile: entries that are new, fields that differ, and entries that the vendor's files no longer
 * show. What people added or wrote themselves is no change. Pure.
 */
export function compareWithDraft(text: string, rows: readonly DraftRow[], charts: ChartVersions): DraftChange[] {
  const profile = valueIn(text)
  const moved = movedEndpoints(profile, rows)
  const changes = rows.flatMap((row): DraftChange[] => {
    const { id, title, confidence, evidence } = row
    const shared = { row: id, title, confidence, evidence }
    const before = entryIn(profile, row) ?? moved.get(id)
    if (before === undefined) return [{ ...shared, kind: 'added', fields: [] }]
    const fields = isListed(row.kind) || row.kind === 'requirement' ? differences(before, row.entry) : []
    const chart = row.kind === 'release' ? charts.get(String(row.entry.name)) : undefined
    const all = [...fields, ...(chart === undefined ? [] : [{ field: 'chart', ...chart }])]
    return all.length === 0 ? [] : [{ ...shared, kind: 'changed', fields: all }]
  })
  const known = new Set([
    ...rows.map(({ id }) => id),
    ...[...moved.values()].map((entry) => `endpoint:${textOf(entry, 'id')}`),
  ])
  const gone = (['release', 'credential', 'endpoint'] as const).flatMap((kind) => {
    const [list, key] = lists[kind]
    return entriesOf(profile, list).flatMap((entry): DraftChange[] => {
      const name = String(Reflect.get(Object(entry), key))
      const row = `${kind}:${name}`
      return known.has(row)
        ? []
        : [{ row, title: exactText(name), kind: 'missing', confidence: 'guess', evidence: [], fields: [] }]
    })
  })
  return [...changes, ...gone]
}

/** The text with these changes; comments and everything else stay. Pure. */
export function withChanges(text: string, rows: readonly DraftRow[], accepted: readonly DraftChange[]): string {
  const { documents } = parseDocuments(text)
  const [document] = documents
  if (document === undefined) return text
  const moved = movedEndpoints(documentValue(document), rows)
  for (const { row: id, kind, fields } of accepted) {
    const row = rows.find((each) => each.id === id)
    if (kind === 'missing') remove(document, id)
    else if (row !== undefined && kind === 'added') add(document, row, rows)
    else if (row !== undefined) {
      const path = pathOf(document, row, textOf(moved.get(row.id), 'id'))
      for (const { field } of fields) {
        const value = row.entry[field]
        if (path !== undefined && value !== undefined) document.setIn([...path, field], document.createNode(value))
      }
    }
  }
  return document.toString({ lineWidth: 120 })
}

function valueIn(text: string): unknown {
  const [document] = parseDocuments(text).documents
  return document === undefined ? undefined : documentValue(document)
}

function entriesOf(profile: unknown, list: string): readonly unknown[] {
  const entries: unknown = Reflect.get(Object(profile), list)
  return Array.isArray(entries) ? entries : []
}

const settingPath = (name: string): Path => ['settings', ...name.split('.').flatMap((key) => ['properties', key])]

function entryIn(profile: unknown, row: DraftRow): unknown {
  if (isListed(row.kind)) {
    const [list, key] = lists[row.kind]
    return entriesOf(profile, list).find((entry) => Reflect.get(Object(entry), key) === row.entry[key])
  }
  if (row.kind === 'setting')
    return settingPath(String(row.entry.name)).reduce<unknown>((at, key) => own(at, String(key)), profile)
  const requirements = own(profile, 'requirements')
  const [[key, value] = ['', null]] = Object.entries(row.entry)
  const before = own(requirements, key)
  if (Array.isArray(before) && Array.isArray(value))
    return value.every((item) => before.includes(item)) ? row.entry : undefined
  return before === undefined ? undefined : requirements
}

const textOf = (entry: unknown, field: string): string => String(own(entry, field) ?? '')

/**
 * Entries of the profile that have another id in the draft, by the row. A draft derives the id from the host, so that it changes with
 * the host: the entry is the only one of its component, protocol, port and path on both sides.
 */
function movedEndpoints(profile: unknown, rows: readonly DraftRow[]): ReadonlyMap<string, unknown> {
  const ids = new Set(rows.map(({ id }) => id))
  const fresh = rows.filter((row) => row.kind === 'endpoint' && entryIn(profile, row) === undefined)
  const left = entriesOf(profile, 'endpoints').filter((entry) => !ids.has(`endpoint:${textOf(entry, 'id')}`))
  const moved = new Map<string, unknown>()
  // One whose host is the same was only renamed.
  for (const fields of [[...sameFields, 'host'], sameFields]) {
    const keyOf = (entry: unknown): string => JSON.stringify(fields.map((field) => textOf(entry, field)))
    const taken = new Set(moved.values())
    const rowsByKey = Map.groupBy(
      fresh.filter(({ id }) => !moved.has(id)),
      ({ entry }) => keyOf(entry),
    )
    const entriesByKey = Map.groupBy(
      left.filter((entry) => !taken.has(entry)),
      keyOf,
    )
    for (const [key, [row, ...others]] of rowsByKey) {
      const [entry, ...more] = entriesByKey.get(key) ?? []
      if (row !== undefined && entry !== undefined && others.length + more.length === 0) moved.set(row.id, entry)
    }
  }
  return moved
}

const sameFields = ['component', 'protocol', 'port', 'path', 'direction'] as const

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

const differences = (before: unknown, entry: DraftRow['entry']): DraftChange['fields'] =>
  Object.entries(entry).flatMap(([field, after]) => {
    const old: unknown = own(before, field)
    // A title that is the host was not written by people.
    const isOfPeople = ofPeople.has(field) && !(field === 'title' && old !== undefined && old === own(before, 'host'))
    if (isOfPeople || field === 'chart' || field === 'id' || same(old, after)) return []
    return [{ field, before: shown(old), after: shown(after) }]
  })

/** Without the order of keys. */
const same = (left: unknown, right: unknown): boolean => JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

const shownCharacters = 300
const shown = (value: unknown): string => {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  return exactText(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text)
}

/** Where the entry of a row is; undefined if the profile has none. `movedId`: its id there, if it has another one. */
function pathOf(document: Document, row: DraftRow, movedId: string): Path | undefined {
  if (row.kind === 'requirement') return ['requirements']
  if (!isListed(row.kind)) return undefined
  const [list, key] = lists[row.kind]
  const index = indexOf(document, list, key, movedId === '' ? row.entry[key] : movedId)
  return index === -1 ? undefined : [list, index]
}

function indexOf(document: Document, list: string, key: string, name: Json | undefined): number {
  const items: unknown = document.get(list)
  return isSeq(items) ? items.items.findIndex((item) => isMap(item) && item.get(key) === name) : -1
}

function add(document: Document, row: DraftRow, rows: readonly DraftRow[]): void {
  if (row.kind === 'setting') {
    const path = settingPath(String(row.entry.name))
    // Each missing level becomes a group of settings.
    for (let end = 3; end < path.length; end += 2) {
      if (!document.hasIn(path.slice(0, end)))
        document.setIn(
          path.slice(0, end),
          document.createNode({ type: 'object', additionalProperties: false, properties: {} }),
        )
    }
    document.setIn(path, document.createNode(row.entry.schema ?? {}))
  } else if (row.kind === 'requirement') {
    for (const [key, value] of Object.entries(row.entry)) {
      const before: unknown = document.getIn(['requirements', key])
      if (isSeq(before) && Array.isArray(value)) for (const item of value) before.add(document.createNode(item))
      else document.setIn(['requirements', key], document.createNode(value))
    }
  } else {
    const [list, key] = lists[row.kind]
    if (!isSeq(document.get(list))) document.set(list, document.createNode([]))
    const items: unknown = document.get(list)
    if (!isSeq(items)) return
    const node = document.createNode(row.entry, { aliasDuplicateObjects: false })
    node.commentBefore = commentOf(row)
    // Releases have an order: before the first of those that come later.
    const later = rows.slice(rows.indexOf(row) + 1).filter(({ kind }) => kind === row.kind)
    const at = later.map((each) => indexOf(document, list, key, each.entry[key])).find((index) => index !== -1)
    if (at === undefined) items.items.push(node)
    else items.items.splice(at, 0, node)
  }
}

function remove(document: Document, id: string): void {
  const [kind = '', ...name] = id.split(':')
  const listed = Object.entries(lists).find(([each]) => each === kind)?.[1]
  if (listed === undefined) return
  const index = indexOf(document, listed[0], listed[1], name.join(':'))
  if (index !== -1) document.deleteIn([listed[0], index])
}

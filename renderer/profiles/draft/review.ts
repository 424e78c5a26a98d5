import type { DraftChange, DraftDecision, DraftRow } from '../../../preload/contract/profile-draft.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'

type RowKind = DraftRow['kind']

/** What a person decides about a row. Of an update, what is confirmed is changed. */
export type Decision = 'confirmed' | 'skipped'
export type Decisions = Readonly<Record<string, Decision>>

/** Texts typed into the fields of a row, by field. */
export type FieldTexts = Readonly<Record<string, string>>
export type Edits = Readonly<Record<string, FieldTexts>>

/** A row of a draft, or a change of an update. */
export interface ReviewRow {
  readonly id: string
  readonly kind: RowKind
  readonly title: string
  readonly confidence: DraftRow['confidence']
  readonly evidence: DraftRow['evidence']
  /** Absent for what only the profile has. */
  readonly entry: JsonObject | undefined
  /** Of an update. */
  readonly change?: DraftChange['kind']
  readonly fields?: DraftChange['fields']
}

export const rowsOfDraft = (rows: readonly DraftRow[]): readonly ReviewRow[] => rows

const kinds: Readonly<Record<string, RowKind>> = {
  setting: 'setting',
  requirement: 'requirement',
  release: 'release',
  component: 'component',
  credential: 'credential',
  endpoint: 'endpoint',
  logSource: 'logSource',
} satisfies Record<RowKind, RowKind>

/** The changes with the entries that they would write. */
export const rowsOfChanges = (changes: readonly DraftChange[], rows: readonly DraftRow[]): readonly ReviewRow[] =>
  changes.map(({ row: id, kind: change, title, confidence, evidence, fields }) => {
    const kind = kinds[id.split(':')[0] ?? ''] ?? 'component'
    return { id, kind, title, confidence, evidence, change, fields, entry: rows.find((row) => row.id === id)?.entry }
  })

export type Shown = 'all' | 'undecided'

export const visibleRows = (rows: readonly ReviewRow[], decisions: Decisions, shown: Shown): readonly ReviewRow[] =>
  shown === 'all' ? rows : rows.filter(({ id }) => decisions[id] === undefined)

export interface Counts {
  readonly total: number
  readonly confirmed: number
  readonly skipped: number
  readonly undecided: number
}

export function countsOf(rows: readonly ReviewRow[], decisions: Decisions): Counts {
  const count = (decision: Decision) => rows.filter(({ id }) => decisions[id] === decision).length
  const [confirmed, skipped] = [count('confirmed'), count('skipped')]
  return { total: rows.length, confirmed, skipped, undecided: rows.length - confirmed - skipped }
}

/** The row to decide after this one: the next without a decision, from the start again at the end. */
export function nextUndecided(rows: readonly ReviewRow[], id: string, decisions: Decisions): string | undefined {
  const at = rows.findIndex((row) => row.id === id)
  const inTurn = [...rows.slice(at + 1), ...rows.slice(0, at + 1)]
  return inTurn.find((row) => decisions[row.id] === undefined)?.id
}

/** The row `by` steps away, within the list; the first one without a selection. */
export function rowBeside(rows: readonly ReviewRow[], id: string | undefined, by: 1 | -1): string | undefined {
  const at = rows.findIndex((row) => row.id === id)
  return rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]?.id
}

/** Without a decision, and safe to confirm together: written in the files, and nothing of the profile is removed. */
export const sureRows = (rows: readonly ReviewRow[], decisions: Decisions): readonly ReviewRow[] =>
  rows.filter(
    ({ id, confidence, change }) => confidence === 'sure' && change !== 'missing' && decisions[id] === undefined,
  )

export type FieldName = 'title' | 'summary' | 'host' | 'port' | 'protocol' | 'selector' | 'default'

/** What a person can correct in the review; everything else in the editor. */
const editable: Readonly<Record<RowKind, readonly FieldName[]>> = {
  setting: ['title', 'default'],
  requirement: [],
  release: ['title'],
  component: ['title', 'summary'],
  credential: ['title'],
  endpoint: ['title', 'host', 'port', 'protocol'],
  logSource: ['title', 'selector'],
}

/** The default of its protocol, or the id, is used without it. */
const optional: ReadonlySet<FieldName> = new Set(['title', 'port', 'default'])

export const protocols = Object.keys({
  wss: true,
  https: true,
  grpc: true,
  amqp1: true,
  amqp091: true,
  'amqp-ws': true,
  oci: true,
  acme: true,
  git: true,
  arm: true,
  vault: true,
  kubernetes: true,
} satisfies Record<Endpoint['protocol'], true>)

/** The fields of a new entry that can be edited, with their texts. A change of an update is taken or not. */
export function fieldsOf({ kind, entry, change }: ReviewRow): readonly { field: FieldName; text: string }[] {
  if (entry === undefined || change !== undefined) return []
  const from = objectWithFields(kind, entry)
  const isText = kind !== 'setting' || from.type === 'string'
  return editable[kind].flatMap((field) => {
    const value = from[field]
    if (field === 'default' && !isText) return []
    return [{ field, text: typeof value === 'string' || typeof value === 'number' ? String(value) : '' }]
  })
}

/** Of a setting, the fields are those of its schema. */
const objectWithFields = (kind: RowKind, entry: JsonObject): JsonObject =>
  kind === 'setting' ? asObject(entry.schema) : entry

const asObject = (value: JsonObject[string] | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const reference = /^\$\{[\w.-]+\}$/

export function fieldFault(field: FieldName, text: string): 'empty' | 'port' | undefined {
  const written = text.trim()
  if (written === '') return optional.has(field) ? undefined : 'empty'
  if (field !== 'port' || reference.test(written)) return undefined
  const port = Number(written)
  return /^\d+$/.test(written) && port >= 1 && port <= 65_535 ? undefined : 'port'
}

export const hasFault = (texts: FieldTexts = {}): boolean =>
  Object.entries(texts).some(([field, text]) => isFieldName(field) && fieldFault(field, text) !== undefined)

const fieldNames = [...new Set(Object.values(editable).flat())]
const isFieldName = (field: string): field is FieldName => fieldNames.some((name) => name === field)

/** The entry with what was typed. Absent without an edit. */
export function editedEntry({ kind, entry }: ReviewRow, texts: FieldTexts | undefined): JsonObject | undefined {
  if (entry === undefined || texts === undefined) return undefined
  const edited: JsonObject = { ...objectWithFields(kind, entry) }
  for (const [field, text] of Object.entries(texts)) {
    const written = text.trim()
    if (!isFieldName(field)) continue
    // A setting without a default would be required.
    if (written === '' && field !== 'default') delete edited[field]
    else edited[field] = field === 'port' && /^\d+$/.test(written) ? Number(written) : written
  }
  return kind === 'setting' ? { ...entry, schema: edited } : edited
}

/** The line of an endpoint is made of what can be edited. */
export function titleOfRow(row: ReviewRow, texts: FieldTexts | undefined): string {
  const entry = editedEntry(row, texts)
  if (row.kind !== 'endpoint' || entry === undefined) return row.title
  const port = entry.port === undefined ? '' : `:${String(entry.port)}`
  return `${String(entry.component)} → ${String(entry.protocol)} ${String(entry.host ?? '')}${port}`
}

/** For the core: every row with a decision or an edit. The others are kept, marked as unconfirmed. */
export const decisionsFor = (rows: readonly ReviewRow[], decisions: Decisions, edits: Edits): DraftDecision[] =>
  rows.flatMap((row): DraftDecision[] => {
    const as = decisions[row.id]
    const entry = editedEntry(row, edits[row.id])
    if (as === undefined && entry === undefined) return []
    return [{ row: row.id, as: as ?? 'kept', ...(entry === undefined ? {} : { entry }) }]
  })

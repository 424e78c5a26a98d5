import { Document, isMap, isScalar, isSeq, type Node } from 'yaml'
import type { DraftRow } from '../../../preload/contract/profile-draft.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { exactText } from '../../../preload/visible-text.ts'
import { type Json, referencesOf } from '../../lib/rules/substitution.ts'
import { slugOf, titleOf } from './components.ts'

/** A row that the person keeps. Unconfirmed: marked in the profile. */
export interface KeptRow {
  readonly row: DraftRow
  readonly isConfirmed: boolean
}

export interface ComposedProfile {
  readonly text: string
  /** Ids of rows that need what was skipped. */
  readonly omitted: readonly string[]
}

/** Where a row went: the path of its entry in the profile. */
interface Mark {
  readonly path: readonly (string | number)[]
  readonly kept: KeptRow
}

/** The text of the profile with these rows. What refers to a skipped row is left out. Pure. */
export function composeProfile(name: string, title: string, rows: readonly KeptRow[]): ComposedProfile {
  const settings = new Set(rows.filter(({ row }) => row.kind === 'setting').map(({ row }) => String(row.entry.name)))
  const components = new Set(rows.filter(({ row }) => row.kind === 'component').map(({ row }) => String(row.entry.id)))
  const omitted: string[] = []
  const kept = rows.flatMap((each): KeptRow[] => {
    const entry = withoutSkipped(each.row, settings, components)
    if (entry === undefined) omitted.push(each.row.id)
    return entry === undefined ? [] : [{ ...each, row: { ...each.row, entry } }]
  })
  const marks: Mark[] = []
  const list = (kind: DraftRow['kind'], key: string): JsonObject[] =>
    kept
      .filter(({ row }) => row.kind === kind)
      .map((each, index) => {
        marks.push({ path: [key, index], kept: each })
        return each.row.entry
      })
  const profile = {
    schemaVersion: 1,
    name,
    title,
    description: 'Made from the vendor’s files.',
    settings: settingsSchema(kept, marks),
    managementModels: [
      {
        id: 'self-managed',
        title: 'Managed by you',
        summary: 'The vendor provides charts and updates. You run everything, with Hangar.',
        tasks: [],
      },
    ],
    requirements: requirementsEntry(kept, marks),
    components: list('component', 'components'),
    credentials: list('credential', 'credentials'),
    releases: list('release', 'releases'),
    endpoints: list('endpoint', 'endpoints'),
    logSources: list('logSource', 'logSources'),
  }
  // A text that occurs twice must not become an alias.
  const document = new Document(profile, { aliasDuplicateObjects: false })
  const unconfirmed = marks.filter((mark) => !mark.kept.isConfirmed)
  for (const { path, kept: each } of unconfirmed) comment(document, path, commentOf(each.row))
  document.commentBefore =
    unconfirmed.length === 0
      ? ' Made from the vendor’s files.'
      : ` Made from the vendor’s files. ${unconfirmed.length} entries are marked "unconfirmed": nobody has checked them.\n Check each, then remove its mark.`
  return { text: document.toString({ lineWidth: 120 }), omitted }
}

const evidenceShown = 3

/** The mark of an entry that nobody has confirmed. */
export const commentOf = ({ confidence, evidence }: DraftRow): string => {
  const found = evidence
    .slice(0, evidenceShown)
    .map(({ place, text }) => exactText(text === '' ? place : `${place}: ${text}`))
  const more = evidence.length - found.length
  return [
    ` unconfirmed (${confidence}). Found in:`,
    ...found.map((line) => `   ${line}`),
    ...(more > 0 ? [`   and ${more} more places`] : []),
  ].join('\n')
}

/** Above the entry; of a field, above its name. */
function comment(document: Document, path: readonly (string | number)[], text: string): void {
  const parent: unknown = document.getIn(path.slice(0, -1), true)
  const key = path.at(-1)
  let node: Node | undefined
  if (isSeq(parent) && typeof key === 'number') {
    const item: unknown = parent.items[key]
    if (isMap(item)) node = item
  } else if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key)
    if (pair !== undefined && isScalar(pair.key)) node = pair.key
  }
  if (node !== undefined) node.commentBefore = [node.commentBefore, text].filter(Boolean).join('\n')
}

/** The entry without references to what was skipped; undefined if nothing useful is left. */
function withoutSkipped(
  row: DraftRow,
  settings: ReadonlySet<string>,
  components: ReadonlySet<string>,
): JsonObject | undefined {
  const { entry, kind } = row
  if (kind === 'release') {
    const named = Array.isArray(entry.components) ? entry.components : []
    const values = withoutReferences(entry.values ?? {}, settings) ?? {}
    return { ...entry, components: named.filter((id) => components.has(String(id))), values }
  }
  if (kind !== 'endpoint' && kind !== 'logSource') return entry
  if (!components.has(String(entry.component))) return undefined
  return withoutReferences(entry, settings) === undefined || hasMissing(entry.host, settings)
    ? undefined
    : asObject(withoutReferences(entry, settings))
}

const asObject = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined

const hasMissing = (value: Json | undefined, settings: ReadonlySet<string>): boolean =>
  typeof value === 'string' && referencesOf(value).some((name) => !settings.has(name))

function withoutReferences(value: Json, settings: ReadonlySet<string>): Json | undefined {
  if (hasMissing(value, settings)) return undefined
  if (Array.isArray(value)) return value.flatMap((item) => withoutReferences(item, settings) ?? [])
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const left = withoutReferences(item, settings)
      return left === undefined ? [] : [[key, left]]
    }),
  )
}

interface Schema {
  type: 'object'
  title?: string
  additionalProperties: false
  properties: Record<string, Json | Schema>
}

const emptySchema = (title?: string): Schema => ({
  type: 'object',
  ...(title === undefined ? {} : { title }),
  additionalProperties: false,
  properties: {},
})

function settingsSchema(kept: readonly KeptRow[], marks: Mark[]): Schema {
  const root = emptySchema()
  for (const each of kept) {
    if (each.row.kind !== 'setting') continue
    const path = String(each.row.entry.name).split('.')
    let at = root
    for (const key of path.slice(0, -1)) {
      const found = at.properties[key]
      const inner: Schema = isSchema(found) ? found : emptySchema(titleOf(slugOf(key)))
      at.properties[key] = inner
      at = inner
    }
    at.properties[path.at(-1) ?? ''] = each.row.entry.schema ?? {}
    marks.push({ path: ['settings', ...path.flatMap((key) => ['properties', key])], kept: each })
  }
  return root
}

const isSchema = (value: Json | Schema | undefined): value is Schema =>
  typeof value === 'object' && value !== null && 'properties' in value && typeof value.properties === 'object'

function requirementsEntry(kept: readonly KeptRow[], marks: Mark[]): JsonObject {
  const requirements: JsonObject = {}
  for (const each of kept) {
    if (each.row.kind !== 'requirement') continue
    for (const [key, value] of Object.entries(each.row.entry)) {
      const before = requirements[key]
      requirements[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value
      marks.push({ path: ['requirements', key], kept: each })
    }
  }
  return requirements
}

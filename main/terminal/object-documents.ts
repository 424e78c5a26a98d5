import { LineCounter } from 'yaml'
import { isFields } from '../health/fields.ts'
import type { KubernetesObject } from '../health/object.ts'
import { exceedsJsonLimits, type JsonLimits, jsonValuesIn } from '../lib/json-limits.ts'
import { documentValue, parseDocuments, type YamlError, type YamlLimits } from '../lib/yaml-documents.ts'
import { yamlWords } from '../lib/yaml-words.ts'

/** A document that is no Kubernetes object, or cannot be read. Its text is not quoted: it can contain secrets. */
interface DocumentFault {
  /** "document 2, line 14: …" */
  readonly message: string
  /** It may be an object whose state is now unknown; a document of another kind is not. */
  readonly isUnreadable: boolean
}

export interface ObjectDocuments {
  readonly objects: readonly KubernetesObject[]
  readonly faults: readonly DocumentFault[]
}

/** As the manifests of a chart. A list of a few hundred pods has more values: as JSON it is read faster, and without a limit of them. */
const manifestLimits: YamlLimits = { characters: 20_000_000, values: 500_000, depth: 100, aliases: 1_000 }
const shownFaults = 20

/** The objects of a YAML text with any number of documents, or of a JSON text: single ones, lists and arrays. Pure. */
export function objectsIn(text: string): ObjectDocuments {
  const found = isJson(text) ? fromJson(text) : fromYaml(text)
  const more = found.faults.length - shownFaults
  if (more <= 0) return found
  const rest = {
    message: `${more} more documents`,
    isUnreadable: found.faults.some(({ isUnreadable }) => isUnreadable),
  }
  return { objects: found.objects, faults: [...found.faults.slice(0, shownFaults), rest] }
}

/** A line that begins with "---" separates documents of YAML, also where these are JSON; no text in JSON contains a line end. */
const isJson = (text: string): boolean => /^\uFEFF?\s*[{[]/.test(text) && !/^---/m.test(text)

/** 256 MB of `kubectl get -o json` have half as many. */
const jsonLimits: JsonLimits = { values: 20_000_000, depth: 1_000 }

function fromJson(text: string): ObjectDocuments {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''))
  if (exceedsJsonLimits(bytes, jsonLimits))
    return unreadable(`more than ${jsonLimits.values} values, or more than ${jsonLimits.depth} levels`)
  // As kubectl reads it: `kubectl get --watch -o json` and JSON lines have several values.
  const values = jsonValuesIn(bytes).map(parsedJson)
  // A flow mapping of YAML looks the same.
  if (values[0] === undefined) return fromYaml(text)
  const parts = values.map((value, index): ObjectDocuments => {
    const place = values.length === 1 ? '' : `value ${index + 1}: `
    return value === undefined ? unreadable(`${place}this is not valid JSON`) : fromValue(value, place)
  })
  return joined(parts)
}

/** Undefined: it is no JSON. */
function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

const joined = (parts: readonly ObjectDocuments[]): ObjectDocuments => ({
  objects: parts.flatMap(({ objects }) => objects),
  faults: parts.flatMap(({ faults }) => faults),
})

function fromYaml(text: string): ObjectDocuments {
  const counter = new LineCounter()
  const { documents, errors } = parseDocuments(text, counter, manifestLimits)
  const lineOf = (offset: number): number => Math.max(1, counter.linePos(offset).line)
  const limit = errors.find(({ code }) => code === 'LIMIT')
  if (limit !== undefined) {
    const message = `line ${lineOf(limit.offset)}: ${limit.message} are read; as JSON (kubectl -o json) more`
    return { objects: [], faults: [{ message, isUnreadable: true }] }
  }
  const parts = documents.map((document, index): ObjectDocuments => {
    const [start = 0, , end = text.length] = document.range ?? []
    const place = documents.length === 1 ? '' : `document ${index + 1}, `
    const [broken] = document.errors
    if (broken !== undefined) return unreadable(`${place}line ${lineOf(broken.pos[0])}: ${notYaml(broken)}`)
    const duplicate = errors.find(({ code, offset }) => code === 'DUPLICATE_KEY' && offset >= start && offset < end)
    if (duplicate !== undefined) return unreadable(`${place}line ${lineOf(duplicate.offset)}: ${notYaml(duplicate)}`)
    const line = lineOf(document.contents?.range[0] ?? start)
    try {
      return fromValue(documentValue(document, manifestLimits), `${place}line ${line}: `)
    } catch {
      return unreadable(`${place}line ${line}: an alias expands to too much data, or refers to nothing`)
    }
  })
  return joined(parts)
}

const notYaml = (error: Pick<YamlError, 'code' | 'message'>): string =>
  `this is not valid YAML or JSON (${error.code}): ${yamlWords(error)}`

const unreadable = (message: string): ObjectDocuments => ({ objects: [], faults: [{ message, isUnreadable: true }] })

/** An object, a list of objects (`List`, `PodList`), an array of objects, or the event of a watch. */
function fromValue(value: unknown, place: string): ObjectDocuments {
  // An empty document.
  if (value === null || value === undefined) return { objects: [], faults: [] }
  const items = itemsOf(value)
  if (items !== undefined) return fromItems(items, place)
  const object = objectOf(isWatchEvent(value) ? value.object : value)
  if (object !== undefined) return { objects: [object], faults: [] }
  const what = 'not a Kubernetes object with apiVersion, kind and metadata.name'
  return { objects: [], faults: [{ message: `${place}${what}`, isUnreadable: false }] }
}

/** The items of a list. Those of a typed one have neither version nor kind: the list names both. Undefined: it is no list. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (!isFields(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List')) return undefined
  const { apiVersion, items } = value
  // Go writes an empty list as null.
  if (items === null) return []
  if (!Array.isArray(items)) return undefined
  const kind = value.kind.slice(0, -'List'.length)
  return kind === '' ? items : items.map((item: unknown) => (isFields(item) ? { apiVersion, kind, ...item } : item))
}

/** `kubectl get --watch --output-watch-events`. */
const isWatchEvent = (value: unknown): value is { readonly object: unknown } =>
  isFields(value) && typeof value.type === 'string' && value.kind === undefined && isFields(value.object)

/** A list can contain lists, each in the place of an item. */
function fromItems(items: readonly unknown[], place: string): ObjectDocuments {
  const objects: KubernetesObject[] = []
  const lists: ObjectDocuments[] = []
  let others = 0
  for (const item of items) {
    const inner = itemsOf(item)
    const object = inner === undefined ? objectOf(item) : undefined
    if (inner !== undefined) lists.push(fromItems(inner, place))
    else if (object === undefined) others += 1
    else objects.push(object)
  }
  const message = `${place}${others} of ${items.length} items are not Kubernetes objects with apiVersion, kind and metadata.name`
  return joined([{ objects, faults: others === 0 ? [] : [{ message, isUnreadable: false }] }, ...lists])
}

/** The types of the fields that every object has are verified; the rest may have any shape. */
function objectOf(value: unknown): KubernetesObject | undefined {
  if (!isFields(value)) return undefined
  const { apiVersion, kind, metadata } = value
  if (!isText(apiVersion) || !isText(kind) || !isFields(metadata) || !isText(metadata.name)) return undefined
  const { name, namespace, generation, creationTimestamp, deletionTimestamp } = metadata
  const common = {
    name,
    namespace: isText(namespace) ? namespace : undefined,
    generation: typeof generation === 'number' ? generation : undefined,
    creationTimestamp: isText(creationTimestamp) ? creationTimestamp : undefined,
    deletionTimestamp: isText(deletionTimestamp) ? deletionTimestamp : undefined,
  }
  return { ...value, apiVersion, kind, metadata: { ...metadata, ...common } }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

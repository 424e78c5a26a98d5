import { LineCounter } from 'yaml'
import { isFields } from '../health/fields.ts'
import type { KubernetesObject } from '../health/object.ts'
import { exceedsJsonLimits, type JsonLimits } from '../lib/json-limits.ts'
import { documentValue, parseDocuments, type YamlLimits } from '../lib/yaml-documents.ts'

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

const isJson = (text: string): boolean => /^\uFEFF?\s*[{[]/.test(text)

/** 256 MB of `kubectl get -o json` have half as many. */
const jsonLimits: JsonLimits = { values: 20_000_000, depth: 1_000 }

function fromJson(text: string): ObjectDocuments {
  if (exceedsJsonLimits(Buffer.from(text), jsonLimits))
    return unreadable(`more than ${jsonLimits.values} values, or more than ${jsonLimits.depth} levels`)
  try {
    return fromValue(JSON.parse(text.replace(/^\uFEFF/, '')), '')
  } catch {
    // A flow mapping of YAML looks the same.
    return fromYaml(text)
  }
}

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
    if (broken !== undefined) return unreadable(`${place}line ${lineOf(broken.pos[0])}: ${notYaml(broken.code)}`)
    const duplicate = errors.find(({ code, offset }) => code === 'DUPLICATE_KEY' && offset >= start && offset < end)
    if (duplicate !== undefined)
      return unreadable(`${place}line ${lineOf(duplicate.offset)}: ${notYaml(duplicate.code)}`)
    const line = lineOf(document.contents?.range[0] ?? start)
    try {
      return fromValue(documentValue(document, manifestLimits), `${place}line ${line}: `)
    } catch {
      return unreadable(`${place}line ${line}: an alias expands to too much data, or refers to nothing`)
    }
  })
  return { objects: parts.flatMap(({ objects }) => objects), faults: parts.flatMap(({ faults }) => faults) }
}

const notYaml = (code: string): string => `this is not valid YAML or JSON (${code})`

const unreadable = (message: string): ObjectDocuments => ({ objects: [], faults: [{ message, isUnreadable: true }] })

/** An object, a list of objects (`List`, `PodList`), or an array of objects. */
function fromValue(value: unknown, place: string): ObjectDocuments {
  // An empty document.
  if (value === null || value === undefined) return { objects: [], faults: [] }
  if (Array.isArray(value)) return fromItems(value, place, undefined)
  if (isFields(value) && Array.isArray(value.items) && typeof value.kind === 'string' && value.kind.endsWith('List')) {
    return fromItems(value.items, place, { apiVersion: value.apiVersion, kind: value.kind.slice(0, -'List'.length) })
  }
  const object = objectOf(value)
  if (object !== undefined) return { objects: [object], faults: [] }
  const what = 'not a Kubernetes object with apiVersion, kind and metadata.name'
  return { objects: [], faults: [{ message: `${place}${what}`, isUnreadable: false }] }
}

/** Items of a typed list have neither version nor kind: the list names both. */
function fromItems(
  items: readonly unknown[],
  place: string,
  list: { readonly apiVersion: unknown; readonly kind: string } | undefined,
): ObjectDocuments {
  const objects: KubernetesObject[] = []
  let others = 0
  for (const item of items) {
    const object = objectOf(isFields(item) && list !== undefined && list.kind !== '' ? { ...list, ...item } : item)
    if (object === undefined) others += 1
    else objects.push(object)
  }
  const message = `${place}${others} of ${items.length} items are not Kubernetes objects with apiVersion, kind and metadata.name`
  return { objects, faults: others === 0 ? [] : [{ message, isUnreadable: false }] }
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

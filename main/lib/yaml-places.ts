import { Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node } from 'yaml'
import { documentValue, parseDocuments, type YamlDocuments, type YamlError } from './yaml-documents.ts'

export type Path = readonly PropertyKey[]

/** A YAML text with the places of its values. What it costs is limited: see `parseDocuments`. */
export interface PlacedText {
  readonly errors: readonly YamlError[]
  /** Of a text without errors. Throws where aliases refer to nothing or expand to too much. */
  value(): unknown
  /** Line and column, from 1, of the value at the path, or of the deepest part of the path that exists. */
  placeOf(path: Path): { readonly line: number; readonly column: number }
  /** The same for the key: the place of an unknown field. */
  placeOfKey(path: Path, key: string): { readonly line: number; readonly column: number }
  /** Start and end offset of the scalar at the path; undefined for anything else, or for an alias. */
  rangeOf(path: Path): readonly [start: number, end: number] | undefined
  placeOfOffset(offset: number): { readonly line: number; readonly column: number }
}

export function placeText(text: string): PlacedText {
  const counter = new LineCounter()
  const { documents, errors: found } = parseDocuments(text, counter)
  const document: Document = documents[0] ?? new Document(null)
  const errors = documents.length > 1 ? [...found, severalDocuments(documents)] : found
  const placeOfOffset = (offset: number) => {
    const { line, col } = counter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const placeOfNode = (node: Node | null | undefined) => placeOfOffset(node?.range?.[0] ?? 0)
  return {
    errors,
    value: () => documentValue(document),
    placeOfOffset,
    placeOf: (path) => placeOfNode(walk(document, path).deepest),
    placeOfKey(path, key) {
      const { deepest } = walk(document, path)
      const map = resolve(document, deepest)
      const pair = isMap(map)
        ? map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
        : undefined
      return placeOfNode(pair !== undefined && isNode(pair.key) ? pair.key : deepest)
    },
    rangeOf(path) {
      const { deepest, complete } = walk(document, path)
      return complete && isScalar(deepest) && deepest.range ? [deepest.range[0], deepest.range[1]] : undefined
    },
  }
}

const severalDocuments = (documents: YamlDocuments['documents']): YamlError => ({
  offset: documents[1]?.range?.[0] ?? 0,
  code: 'MULTIPLE_DOCS',
  message: 'one document',
})

function resolve(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

function walk(document: Document, path: Path): { deepest: Node | null | undefined; complete: boolean } {
  let deepest: Node | null | undefined = document.contents
  for (const step of path) {
    const at = resolve(document, deepest)
    const next: unknown = isMap(at) ? at.get(String(step), true) : isSeq(at) ? at.items[Number(step)] : undefined
    if (!isNode(next)) return { deepest, complete: false }
    deepest = next
  }
  return { deepest, complete: true }
}

/** The path as text, such as `releases[0].chart`. */
export function fieldName(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`))
    .join('')
}

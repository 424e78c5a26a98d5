/** A JSON object of unknown shape. A field of the wrong type counts as absent. */
export interface Fields {
  readonly [key: string]: unknown
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Fields = {}

export function fieldsIn(parent: Fields | undefined, key: string): Fields {
  const value = parent?.[key]
  return isFields(value) ? value : nothing
}

export function listIn(parent: Fields | undefined, key: string): readonly Fields[] {
  const value = parent?.[key]
  return Array.isArray(value) ? value.filter(isFields) : []
}

export function textIn(parent: Fields | undefined, key: string): string | undefined {
  const value = parent?.[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberIn(parent: Fields | undefined, key: string): number | undefined {
  const value = parent?.[key]
  return typeof value === 'number' ? value : undefined
}

/** A count; Kubernetes omits zero. */
export function countIn(parent: Fields | undefined, key: string): number {
  return numberIn(parent, key) ?? 0
}

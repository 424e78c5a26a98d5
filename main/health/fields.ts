/** One JSON object of unknown shape: what an API server sends is read field by field, and a wrong one is absent. */
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

/** A count that Kubernetes leaves out when it is zero. */
export function countIn(parent: Fields | undefined, key: string): number {
  return numberIn(parent, key) ?? 0
}

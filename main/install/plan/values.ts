import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Json } from '../ports.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lays values over others as Helm does with a second `-f`: objects are merged, all else replaces. A null stays a null. */
export function mergeValues(under: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, key) ? under[key] : undefined
    merged[key] = isObject(below) && isObject(value) ? mergeValues(below, value) : value
  }
  return merged
}

/** Paths of all nulls: with them a chart's default is dropped, and not every way to the cluster keeps them. */
export function nullPaths(value: Json, path = ''): string[] {
  if (value === null) return [path]
  if (typeof value !== 'object') return []
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((part, index) => [`${path}[${index}]`, part])
    : Object.entries(value).map(([key, part]) => [path === '' ? key : `${path}.${key}`, part])
  return entries.flatMap(([at, part]) => nullPaths(part, at))
}

const shortestHidden = 8
/** A host name, image, address, quantity, duration or number: what makes an error readable and is no secret. */
const plain = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/[\w./:@-]*)?$|^[a-z0-9+]+:\/\/[^@]*$|^[\d.]+[a-zA-Z]{0,2}$/

/** The texts among a person's own values that an error must not repeat: values are no place for secrets, but people err. */
export function textsToHide(value: Json): string[] {
  if (typeof value === 'string') return value.length >= shortestHidden && !plain.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsToHide)
}

/** The text without the given ones, as they are, as JSON and in base64. */
export function hide(text: string, hidden: readonly string[]): string {
  let shown = text
  for (const secret of hidden) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64')]) {
      shown = shown.replaceAll(form, '[hidden]')
    }
  }
  return shown
}

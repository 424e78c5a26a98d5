import { isDeepStrictEqual } from 'node:util'
import type { ProfilePart } from '../../preload/contract/activity.ts'
import type { ProfileDifference } from '../../preload/contract/profile-change.ts'

const maxParts = 30
const maxPathLength = 200
/** Deeper parts count as changes of the part that contains them. */
const maxDepth = 4

export interface ChangedParts {
  readonly parts: ProfilePart[]
  readonly moreParts: number
}

const limited = (all: readonly ProfilePart[]): ChangedParts => ({
  parts: all.slice(0, maxParts).map(({ path, kind }) => ({ path: path.slice(0, maxPathLength), kind })),
  moreParts: Math.max(0, all.length - maxParts),
})

/** The places where two versions of a profile differ, without values, which could be secrets. Pure. */
export const changedParts = (before: unknown, after: unknown): ChangedParts => limited(partsOf(before, after, []))

function partsOf(before: unknown, after: unknown, path: readonly string[]): readonly ProfilePart[] {
  if (isDeepStrictEqual(before, after)) return []
  const [old, now] = [membersOf(before), membersOf(after)]
  if (path.length < maxDepth && old !== undefined && now !== undefined)
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
      partsOf(old.get(name), now.get(name), [...path, name]),
    )
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return [{ path: path.join('.'), kind }]
}

/** Elements of a list are compared by their `id` or `name`, so that a new one moves no other. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value))
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
  const names = value.map(nameOf)
  if (names.some((name) => name === undefined) || new Set(names).size < names.length) return undefined
  return new Map(value.map((element, index) => [names[index] ?? '', element]))
}

function nameOf(element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null) return undefined
  const { id, name } = Object.fromEntries(Object.entries(element))
  return typeof id === 'string' ? id : typeof name === 'string' ? name : undefined
}

/** The same of what a user approves. Pure. */
export function partsOfDifference(difference: ProfileDifference): ChangedParts {
  const { credentials, endpoints, releases, files, settingsSchema, fields } = difference
  const changed = (path: string): ProfilePart => ({ path, kind: 'changed' })
  return limited([
    ...credentials.map(({ credential }) => changed(`credentials.${credential}`)),
    ...endpoints.map(({ id, kind }) => ({ path: `endpoints.${id}`, kind })),
    ...releases.map(({ name, kind }) => ({ path: `releases.${name}`, kind })),
    ...files,
    ...(settingsSchema ? [changed('settings')] : []),
    ...fields.map(changed),
  ])
}

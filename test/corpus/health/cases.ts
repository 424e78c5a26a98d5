import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isFields } from '../../../main/health/fields.ts'
import type { KubernetesObject } from '../../../main/health/object.ts'
import { nowMs } from '../../../main/health/sample.ts'
import { Health } from '../../../preload/contract/workloads.ts'

/** An object and its right health. The files of `cases/` are lists of these, with manifests of our own. */
export interface HealthCase {
  readonly id: string
  /** What is easily got wrong about it. */
  readonly why?: string
  /** Any of these. */
  readonly expect: readonly Health[]
  /** A regular expression that the reason matches. */
  readonly says?: string
  readonly object: KubernetesObject
}

/** A row of another tool's own tests, rebuilt as an object of ours: `upstream/` has a file per tool. */
export interface UpstreamRow {
  /** The name of its test or file there. */
  readonly id: string
  readonly expect: Health
  /** Hangar's health where it differs on purpose, and why. */
  readonly differs?: { readonly health: Health; readonly because: string }
  readonly object: KubernetesObject
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Times are relative to the time of the tests: `@-90s` is 90 seconds before, `@+3d` three days after. */
function resolveTimes(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, sign, amount, unit] = /^@([+-])(\d+)([smhd])$/.exec(value) ?? []
    if (unit === undefined) return value
    const ms = Number(amount) * unitMs[unit as keyof typeof unitMs] // the pattern admits no other
    return new Date(sign === '-' ? nowMs - ms : nowMs + ms).toISOString()
  }
  if (Array.isArray(value)) return value.map(resolveTimes)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveTimes(entry)]))
}

function read(folder: string, file: string): readonly Record<string, unknown>[] {
  const parsed: unknown = resolveTimes(parse(readFileSync(join(import.meta.dirname, folder, file), 'utf8')))
  if (!Array.isArray(parsed)) throw new Error(`${file} is not a list`)
  return parsed.map((entry) => {
    if (!isFields(entry) || typeof entry.id !== 'string') throw new Error(`${file} has an entry without an id`)
    return entry
  })
}

function objectOf({ id, object }: Record<string, unknown>): KubernetesObject {
  if (!isFields(object) || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') {
    throw new Error(`${String(id)} has no object`)
  }
  const metadata = isFields(object.metadata) ? object.metadata : {}
  return { ...object, apiVersion: object.apiVersion, kind: object.kind, metadata: { name: 'it', ...metadata } }
}

export function healthCases(): readonly (HealthCase & { readonly file: string })[] {
  return readdirSync(join(import.meta.dirname, 'cases')).flatMap((file) =>
    read('cases', file).map((entry) => ({
      file,
      id: String(entry.id),
      expect: Health.array().min(1).parse(entry.expect),
      says: typeof entry.says === 'string' ? entry.says : undefined,
      object: objectOf(entry),
    })),
  )
}

/** By tool: `kstatus`, `argo-cd-core`, `argo-cd-customizations`. */
export function upstreamRows(): ReadonlyMap<string, readonly UpstreamRow[]> {
  const files = readdirSync(join(import.meta.dirname, 'upstream')).filter((file) => file.endsWith('.yaml'))
  return new Map(
    files.map((file) => [
      file.replace('.yaml', ''),
      read('upstream', file).map((entry) => ({
        id: String(entry.id),
        expect: Health.parse(entry.expect),
        differs: isFields(entry.differs)
          ? { health: Health.parse(entry.differs.health), because: String(entry.differs.because) }
          : undefined,
        object: objectOf(entry),
      })),
    ]),
  )
}

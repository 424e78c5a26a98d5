import type { LogRetention } from '../../preload/contract/logs.ts'
import { problemOf } from '../../preload/contract/problem.ts'
import type { Thread } from '../lib/thread.ts'
import type { LogsThread } from './logs.thread.ts'
import { type LogsPorts, storeFolder } from './ports.ts'
import { readRetention, removeRetention, writeRetention } from './retention-file.ts'
import { type RetentionPolicy, totalOf } from './store/retention.ts'
import type { StoredLogs } from './stored-logs.ts'

const applyEveryMs = 3_600_000
const never = new AbortController().signal

/** How long the logs of planes are kept. All but `apply` throw PLANE_UNKNOWN; those that need the store, VAULT_LOCKED. */
export interface Retention {
  get(planeId: string): Promise<LogRetention>
  /** What a policy would delete now. */
  expired(planeId: string, policy: RetentionPolicy, signal: AbortSignal): Promise<ReturnType<typeof totalOf>>
  set(planeId: string, policy: RetentionPolicy): Promise<LogRetention>
  /** Applies the policy once an hour: of a store that is collected or looked at. Nothing while the vault is locked. */
  applyIfDue(planeId: string): void
  forget(planeId: string): Promise<void>
}

export function createRetention(ports: LogsPorts, writer: Thread<LogsThread>, stored: StoredLogs): Retention {
  /** By plane. */
  const appliedMs = new Map<string, number>()
  const folderOf = (planeId: string): string => storeFolder(ports, planeId)

  /** Undefined where nothing is stored, or where another process writes the store: it does it itself. */
  const retain = (planeId: string, key: Buffer): Promise<Uint8Array | undefined> =>
    writer.call('retain', { folder: folderOf(planeId), key }, never).catch((error: unknown) => {
      if (problemOf(error)?.code === 'LOG_STORE_BUSY') return undefined
      throw error
    })

  /** The store has its new key before the vault: the former one leads to it, so that a crash between them loses nothing. */
  async function apply(planeId: string, key: Buffer): Promise<void> {
    appliedMs.set(planeId, performance.now())
    const current = await retain(planeId, key)
    if (current !== undefined && !key.equals(current)) await ports.replaceKey(planeId, key, Buffer.from(current))
  }

  async function applyStored(planeId: string): Promise<void> {
    const key = await ports.existingKey(planeId)
    if (key !== undefined) await apply(planeId, key)
  }

  return {
    async get(planeId) {
      await ports.plane(planeId)
      return readRetention(folderOf(planeId))
    },
    async expired(planeId, policy, signal) {
      const read = await stored.reading(planeId, signal)
      if (read === undefined) return totalOf([])
      return await stored.thread().call('expired', { access: read.access, policy }, read.until)
    },
    async set(planeId, { days, bytes }) {
      await ports.plane(planeId)
      // Before the policy is written, so that a locked vault changes nothing.
      const key = await ports.existingKey(planeId)
      const folder = folderOf(planeId)
      await writeRetention(folder, { ...readRetention(folder), days, bytes })
      if (key !== undefined) await apply(planeId, key)
      return readRetention(folder)
    },
    applyIfDue(planeId) {
      const { days, bytes } = readRetention(folderOf(planeId))
      const isDue = performance.now() - (appliedMs.get(planeId) ?? Number.NEGATIVE_INFINITY) > applyEveryMs
      // What fails is tried again in an hour, and reported where the policy is set.
      if ((days !== null || bytes !== null) && isDue) void applyStored(planeId).catch(() => undefined)
    },
    forget: (planeId) => removeRetention(folderOf(planeId)),
  }
}

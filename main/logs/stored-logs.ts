import { startThread, type Thread } from '../lib/thread.ts'
import type { LogsThread, StoreAccess } from './logs.thread.ts'
import { type LogsPorts, storeFolder } from './ports.ts'

interface Reading {
  readonly access: StoreAccess
  /** Also aborts when the vault is locked. */
  readonly until: AbortSignal
}

/** Reads what is stored, in a thread that holds keys only while the vault is open. */
export interface StoredLogs {
  /**
   * What a call needs to read a plane's store; undefined where nothing was ever stored.
   * Throws PLANE_UNKNOWN, VAULT_LOCKED.
   */
  reading(planeId: string, signal: AbortSignal): Promise<Reading | undefined>
  /** Another one after each lock. */
  thread(): Thread<LogsThread>
  /** Ends the thread, and with it its keys. */
  lock(): void
  close(): Promise<void>
}

export function createStoredLogs(ports: LogsPorts): StoredLogs {
  const start = () => startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  let thread = start()
  return {
    async reading(planeId, signal) {
      const until = AbortSignal.any([signal, ports.untilLocked()])
      await ports.plane(planeId)
      const key = await ports.existingKey(planeId)
      return key && { access: { folder: storeFolder(ports, planeId), key }, until }
    },
    thread: () => thread,
    lock() {
      void thread.close()
      thread = start()
    },
    close: () => thread.close(),
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Plane } from '../../../preload/contract/planes.ts'

/** Another process can uninstall the plane, so its record is read. */
const uninstallNoticedMs = 2_000

type Installed = Pick<Plane, 'uninstalledAt'>

/** Aborts once the plane was uninstalled since `before` was read. Ends with the signal. */
export function whenUninstalled(
  before: Installed,
  read: () => Promise<Installed>,
  signal: AbortSignal,
  everyMs = uninstallNoticedMs,
): AbortSignal {
  const uninstalled = new AbortController()
  void watch()
  return uninstalled.signal

  async function watch(): Promise<void> {
    for (;;) {
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      // A plane that cannot be read now can be read later, and one that was removed has no collection.
      const { uninstalledAt } = await read().catch(() => before)
      if (uninstalledAt === undefined || uninstalledAt === before.uninstalledAt) continue
      return uninstalled.abort()
    }
  }
}

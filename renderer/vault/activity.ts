import type { Client } from '../lib/client.ts'
import { attempt } from '../lib/outcome.ts'

/** Often enough for an idle time of a minute. */
const reportEveryMs = 20_000
const signs = ['pointerdown', 'keydown', 'wheel'] as const

/** Reports that the user is there, so that the vault is not locked on idle. Returns what ends it. */
export function reportActivity(client: Pick<Client, 'vault'>): () => void {
  let reportedMs = Number.NEGATIVE_INFINITY
  const report = (): void => {
    const nowMs = performance.now()
    if (nowMs - reportedMs < reportEveryMs) return
    reportedMs = nowMs
    void attempt(() => client.vault.active())
  }
  for (const sign of signs) addEventListener(sign, report, { capture: true, passive: true })
  return () => {
    for (const sign of signs) removeEventListener(sign, report, { capture: true })
  }
}

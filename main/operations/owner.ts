import type { JournalRecord } from '../lib/operation.ts'
import { isRunning } from '../lib/process-id.ts'
import type { Owner } from './snapshot.ts'

/** The owner in the journal's last `opened` record, if its process still runs. */
export function ownerOf(records: readonly JournalRecord[]): Owner {
  const last = records.findLast(({ event }) => event === 'opened')
  const { pid, started } = last?.data ?? {}
  if (typeof pid !== 'number' || typeof started !== 'string' || !isRunning({ pid, started })) return 'nobody'
  return pid === process.pid ? 'this' : 'other'
}

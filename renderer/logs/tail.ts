import type { LogRecord } from '../../preload/contract/logs.ts'
import { follow } from '../lib/follow.ts'
import { withCounts } from './histogram.ts'
import { toQuery, withArrived } from './query.ts'
import type { LogsClient, LogsStore } from './state.ts'

/** Pending lines to keep while the list is scrolled away; older ones are loaded when the user scrolls down. */
const maxPendingLines = 5_000

export interface Tail {
  /** Follows new records that match the current filter, instead of the filter before. */
  start(planeId: string): void
  stop(): void
}

/** Adds new records to the list as they are collected, or to the pending ones while the list is scrolled away. */
export function createTail(client: LogsClient, store: LogsStore, loadHistogram: () => void): Tail {
  let controller = new AbortController()

  function count(arrived: readonly LogRecord[]): void {
    const { histogram, filter } = store.getState()
    const counted = withCounts(histogram, arrived, filter.range.kind === 'last')
    if (counted === undefined) loadHistogram()
    else store.setState({ histogram: counted })
  }

  return {
    start(planeId) {
      controller.abort()
      controller = new AbortController()
      const { signal } = controller
      void follow(
        (inner) => client.logs.follow(toQuery(planeId, store.getState().filter, Date.now()), { signal: inner }),
        ({ records: arrived }) => {
          count(arrived)
          store.setState(({ records, pending, atNewest, filter: { order }, more }) => {
            // A list that is oldest first loads them when the user scrolls there.
            if (order === 'oldest' && more) return {}
            return atNewest
              ? { records: withArrived(records, arrived, order) }
              : { pending: withArrived(pending, arrived, order).slice(0, maxPendingLines) }
          })
        },
        signal,
      ).then((problem) => {
        if (problem === undefined || signal.aborted) return
        // A query that is not complete yet is followed once it is.
        store.setState(problem.code === 'QUERY_INVALID' ? { problem } : { problem, following: false })
      })
    },
    stop: () => controller.abort(),
  }
}

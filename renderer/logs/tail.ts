import type { LogRecord } from '../../preload/contract/logs.ts'
import { follow } from '../lib/follow.ts'
import { withCounts } from './histogram.ts'
import { toQuery } from './query.ts'
import { withArrivals } from './segment.ts'
import type { LogsClient, LogsStore } from './state.ts'

export interface Tail {
  /** Follows new records that match the current filter, instead of the filter before. */
  start(planeId: string): void
  stop(): void
}

interface TailEvents {
  /** The histogram has no step for what has arrived. */
  readonly onGap: () => void
  readonly onArrived: () => void
}

/** Adds new records to the list as they are collected; counts them while the list is scrolled away. */
export function createTail(client: LogsClient, store: LogsStore, { onGap, onArrived }: TailEvents): Tail {
  let controller = new AbortController()

  function count(arrived: readonly LogRecord[]): void {
    const { histogram, filter } = store.getState()
    const counted = withCounts(histogram, arrived, filter.range.kind === 'last')
    if (counted === undefined) onGap()
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
          store.setState((state) => withArrivals(state, arrived))
          onArrived()
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

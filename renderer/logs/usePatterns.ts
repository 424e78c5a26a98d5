import { useEffect, useState } from 'react'
import type { LogPatterns } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import type { LogFilter } from './query.ts'
import type { LogsStore } from './state.ts'

/** A query is read this long after the last key press. */
const typingDelayMs = 250

export interface FoundPatterns {
  /** `stopped`: by the user, with what was read until then. */
  readonly phase: 'loading' | 'done' | 'stopped' | 'failed'
  /** Of the query before, until the first result of this one. */
  readonly result: LogPatterns | undefined
  readonly problem: ProblemReport | undefined
  stop(): void
  refresh(): void
}

type State = Pick<FoundPatterns, 'phase' | 'result' | 'problem'>

/** The patterns of the filter's lines; they are read again when the filter changes. */
export function usePatterns(store: LogsStore, filter: LogFilter, compared: boolean): FoundPatterns {
  const [state, setState] = useState<State>({ phase: 'loading', result: undefined, problem: undefined })
  const [controller, setController] = useState(() => new AbortController())
  const [run, setRun] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` and `filter` begin a new reading
  useEffect(() => {
    const current = new AbortController()
    setController(current)
    setState(({ result }) => ({ phase: 'loading', result, problem: undefined }))
    const { signal } = current
    const read = async () => {
      try {
        await store.getState().findPatterns(
          { compared },
          (result) => {
            if (!signal.aborted)
              setState({ phase: result.kind === 'done' ? 'done' : 'loading', result, problem: undefined })
          },
          signal,
        )
      } catch (error) {
        if (!isAbort(error, signal)) setState({ phase: 'failed', result: undefined, problem: toReport(error) })
      }
    }
    const timer = setTimeout(() => void read(), typingDelayMs)
    return () => {
      clearTimeout(timer)
      current.abort()
    }
  }, [store, filter, compared, run])

  return {
    ...state,
    stop: () => {
      controller.abort()
      setState((before) => ({ ...before, phase: 'stopped' }))
    },
    refresh: () => setRun((before) => before + 1),
  }
}

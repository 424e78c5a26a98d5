import { Button } from '@mantine/core'
import type { RunEntry } from '../../../preload/contract/connectivity.ts'
import { counted } from '../../lib/time.ts'
import { Blank } from '../../ui/Blank.tsx'
import { moveFocusInGrid } from '../../ui/gridKeys.ts'
import { Ago, At } from '../../ui/Time.tsx'
import { vantagesText } from '../details/differences.ts'
import { VerdictCounts } from '../matrix/VerdictCounts.tsx'
import classes from './History.module.css'
import { type HistoryStore, runBefore } from './history.ts'

export interface RunListProps {
  readonly runs: readonly RunEntry[]
  readonly store: HistoryStore
  readonly onLatest: () => void
}

/** What is kept of earlier checks, the newest first. */
export function RunList({ runs, store, onLatest }: RunListProps) {
  const { open, compare } = store.getState()
  const [newest] = runs
  if (newest === undefined) {
    return (
      <Blank
        title="No check is kept yet"
        action={
          <Button variant="default" onClick={onLatest}>
            Back to now
          </Button>
        }
      >
        Every check of the whole table is kept here, to be opened again and compared.
      </Blank>
    )
  }
  return (
    <>
      <h2 className={classes.title}>{counted(runs.length, 'earlier check')}</h2>
      <table className={classes.runs} aria-label="Earlier checks" onKeyDown={moveFocusInGrid}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Result</th>
            <th scope="col">From</th>
            <th scope="col">By</th>
            <th scope="col">
              <span className="hidden">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const before = run === newest ? runBefore(runs, run.runId) : undefined
            return (
              <tr key={run.runId} data-run={run.runId} data-line>
                <th scope="row" className={classes.when}>
                  <At at={run.startedAt} />
                  <span className={classes.ago}>
                    <Ago at={run.startedAt} />
                  </span>
                </th>
                <td>
                  <VerdictCounts counts={run.counts} />
                </td>
                <td className={classes.from}>{vantagesText(run.vantages)}</td>
                <td className={classes.when}>{run.by === 'watch' ? 'Watch' : 'A person'}</td>
                <td>
                  <div className={classes.actions}>
                    <Button variant="default" size="compact-xs" data-cell="" onClick={() => void open(run.runId)}>
                      Open
                    </Button>
                    {run !== newest && (
                      <Button
                        variant="default"
                        size="compact-xs"
                        data-cell=""
                        onClick={() => void compare(run.runId, newest.runId)}
                      >
                        Compare with the newest
                      </Button>
                    )}
                    {before !== undefined && (
                      <Button
                        variant="default"
                        size="compact-xs"
                        data-cell=""
                        onClick={() => void compare(before.runId, run.runId)}
                      >
                        Compare with the one before
                      </Button>
                    )}
                  </div>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </>
  )
}

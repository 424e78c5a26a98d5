import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { Blank, Loading } from '../ui/Blank.tsx'
import { IconPlay, IconRefresh, IconStop } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Connectivity.module.css'
import { Tally } from './ConnectivitySummary.tsx'
import { Findings } from './Findings.tsx'
import { MatrixTable } from './MatrixTable.tsx'
import { type ConnectivityStore, failedEndpoints } from './store.ts'

/** What the plane must reach, and whether it can be reached from here. */
export function ConnectivityView({ store }: { readonly store: ConnectivityStore }) {
  const { rows, matrix, running, problem, run, stop } = useStore(store)
  const failed = failedEndpoints(matrix)
  if (rows === undefined) {
    return problem === undefined ? (
      <Loading what="the connectivity table" />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  if (rows.length === 0) {
    return <Blank title="Nothing to connect to">The profile of this plane names no endpoints.</Blank>
  }
  return (
    <div className={classes.view}>
      <div className={classes.bar}>
        {running ? (
          <Button variant="default" leftSection={<IconStop size={15} aria-hidden />} onClick={stop}>
            Stop checking
          </Button>
        ) : (
          <Button leftSection={<IconPlay size={15} aria-hidden />} onClick={() => void run()}>
            Check all
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          disabled={running || failed.length === 0}
          onClick={() => void run(failed)}
        >
          Check failed again
        </Button>
        <Tally matrix={matrix} />
        <span className={classes.age} role="status">
          {matrix.startedAt === undefined ? (
            'Never checked'
          ) : (
            <>
              {running ? 'Checking, started ' : 'Last checked '}
              <Ago at={matrix.startedAt} />
            </>
          )}
        </span>
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <Findings findings={matrix.findings} rows={rows} />
      <MatrixTable rows={rows} matrix={matrix} running={running} onRun={(endpoint) => void run([endpoint])} />
    </div>
  )
}

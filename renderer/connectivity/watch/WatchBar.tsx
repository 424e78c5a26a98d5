import { Button } from '@mantine/core'
import { useState } from 'react'
import type { EndpointRow, WatchState } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { IconEye } from '../../ui/icons.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { checkingLook, Status, type StatusLook } from '../../ui/Status.tsx'
import { Ago, Until } from '../../ui/Time.tsx'
import classes from '../Connectivity.module.css'
import { ChangeList } from '../history/ChangeList.tsx'
import { changeCounts } from '../history/changes.ts'
import { choiceTitle, inSentence } from '../vantages/vantages.ts'
import { everyWords } from '../words.ts'
import type { WatchesStore } from './watches.ts'

const watchedLook: StatusLook = { tone: 'busy', icon: IconEye, word: 'Watched' }

export interface WatchBarProps {
  readonly state: WatchState
  readonly rows: readonly EndpointRow[] | undefined
  readonly store: WatchesStore
}

/** The watch of this plane: how often, when last and next, what it found out, and the way to switch it off. */
export function WatchBar({ state, rows, store }: WatchBarProps) {
  const [problem, setProblem] = useState<ProblemReport | undefined>()
  const { watch, running, lastAt, nextAt, changes, planeId } = state
  if (watch === null) return null
  return (
    <>
      <section className={classes.watch} aria-label="Watch">
        <Status look={running ? checkingLook : watchedLook} />
        <span>
          {everyWords(watch.everyMinutes)}, from {inSentence(choiceTitle(watch.from, undefined))}
          {watch.holdSeconds > 0 && `, connections held for ${watch.holdSeconds} s`}
        </span>
        <span className={classes.quiet}>
          {lastAt === null ? (
            'No run yet'
          ) : (
            <>
              Last <Ago at={lastAt} />
            </>
          )}
          {nextAt !== null && !running && (
            <>
              , next <Until at={nextAt} />
            </>
          )}
        </span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => void store.getState().change(planeId, null).then(setProblem)}
        >
          Stop watching
        </Button>
      </section>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {state.problem !== '' && (
        <Notice tone="bad" title="The last run of the watch came to nothing.">
          <div>{state.problem}</div>
        </Notice>
      )}
      {changes.length > 0 && (
        <Notice tone="warn" title={`The watch found a change: ${changeCounts(changes)}`}>
          <ChangeList changes={changes} rows={rows} />
        </Notice>
      )}
    </>
  )
}

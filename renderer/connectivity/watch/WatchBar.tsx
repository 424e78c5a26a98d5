import { Button } from '@mantine/core'
import { useState } from 'react'
import type { EndpointRow, WatchState } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { IconEye } from '../../ui/icons.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { checkingStatus, Status, type StatusAppearance } from '../../ui/Status.tsx'
import { Ago, Until } from '../../ui/Time.tsx'
import classes from '../Connectivity.module.css'
import { ChangeList } from '../history/ChangeList.tsx'
import { changeCounts } from '../history/changes.ts'
import { choiceTitle, inSentence } from '../vantages/vantages.ts'
import type { WatchesStore } from './watches.ts'

const watchedStatus: StatusAppearance = { tone: 'busy', icon: IconEye, label: t('connectivity.watch.watched') }

export interface WatchBarProps {
  readonly state: WatchState
  readonly rows: readonly EndpointRow[] | undefined
  readonly store: WatchesStore
}

/** A plane's watch: schedule, last and next run, changes, and the button that stops it. */
export function WatchBar({ state, rows, store }: WatchBarProps) {
  const [problem, setProblem] = useState<ProblemReport | undefined>()
  const { watch, running, lastAt, nextAt, changes, planeId } = state
  if (watch === null) return null
  const schedule = {
    interval: t('connectivity.watch.every', { minutes: watch.everyMinutes }),
    vantages: inSentence(choiceTitle(watch.from, undefined)),
    seconds: watch.holdSeconds,
  }
  return (
    <>
      <section className={classes.watch} aria-label={t('connectivity.watch.region')}>
        <Status appearance={running ? checkingStatus : watchedStatus} />
        <span>{t(watch.holdSeconds > 0 ? 'connectivity.watch.fromHeld' : 'connectivity.watch.from', schedule)}</span>
        <span className={classes.quiet}>
          <RunTimes last={lastAt} next={running ? null : nextAt} />
        </span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => void store.getState().change(planeId, null).then(setProblem)}
        >
          {t('connectivity.watch.stop')}
        </Button>
      </section>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {state.problem !== '' && (
        <Notice tone="bad" title={t('connectivity.watch.runFailed')}>
          <div>{state.problem}</div>
        </Notice>
      )}
      {changes.length > 0 && (
        <Notice tone="warn" title={t('connectivity.watch.changed', { changes: changeCounts(changes) })}>
          <ChangeList changes={changes} rows={rows} />
        </Notice>
      )}
    </>
  )
}

function RunTimes({ last, next }: { readonly last: string | null; readonly next: string | null }) {
  const nextRun = next === null ? null : <Until at={next} />
  if (last === null) {
    return nextRun === null ? (
      t('connectivity.watch.noRun')
    ) : (
      <Rich message="connectivity.watch.nextRun" values={{ next: nextRun }} />
    )
  }
  const lastRun = <Ago at={last} />
  return nextRun === null ? (
    <Rich message="connectivity.watch.lastRun" values={{ last: lastRun }} />
  ) : (
    <Rich message="connectivity.watch.lastAndNextRun" values={{ last: lastRun, next: nextRun }} />
  )
}

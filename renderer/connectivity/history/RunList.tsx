import { Button } from '@mantine/core'
import type { RunEntry } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { moveFocusInGrid } from '../../ui/gridKeys.ts'
import { IconAlert } from '../../ui/icons.ts'
import { Status } from '../../ui/Status.tsx'
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

const notVerified = { tone: 'warn', icon: IconAlert, label: t('connectivity.history.notVerified') } as const

/** Saved runs, the latest first. */
export function RunList({ runs, store, onLatest }: RunListProps) {
  const { open, compare } = store.getState()
  const [latest] = runs
  if (latest === undefined) {
    return (
      <EmptyState
        drawing="clock"
        title={t('connectivity.history.empty')}
        action={
          <Button variant="default" onClick={onLatest}>
            {t('connectivity.history.back')}
          </Button>
        }
      >
        {t('connectivity.history.emptyText')}
      </EmptyState>
    )
  }
  return (
    <>
      <h2 className={classes.title}>{t('connectivity.history.count', { count: runs.length })}</h2>
      {runs.some(({ verified }) => !verified) && (
        <p className={classes.unchanged}>{t('connectivity.history.notVerifiedText')}</p>
      )}
      <table className={classes.runs} aria-label={t('connectivity.history.title')} onKeyDown={moveFocusInGrid}>
        <thead>
          <tr>
            <th scope="col">{t('connectivity.history.started')}</th>
            <th scope="col">{t('connectivity.history.result')}</th>
            <th scope="col">{t('connectivity.history.from')}</th>
            <th scope="col">{t('connectivity.history.startedBy')}</th>
            <th scope="col">
              <span className="hidden">{t('connectivity.history.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const before = run === latest ? runBefore(runs, run.runId) : undefined
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
                <td className={classes.when}>
                  {t(`connectivity.history.by.${run.by}`)}
                  {!run.verified && (
                    <div>
                      <Status appearance={notVerified} />
                    </div>
                  )}
                </td>
                <td>
                  <div className={classes.actions}>
                    <Button variant="default" size="compact-xs" data-cell="" onClick={() => void open(run.runId)}>
                      {t('connectivity.history.open')}
                    </Button>
                    {run !== latest && (
                      <Button
                        variant="default"
                        size="compact-xs"
                        data-cell=""
                        onClick={() => void compare(run.runId, latest.runId)}
                      >
                        {t('connectivity.history.compareLatest')}
                      </Button>
                    )}
                    {before !== undefined && (
                      <Button
                        variant="default"
                        size="compact-xs"
                        data-cell=""
                        onClick={() => void compare(before.runId, run.runId)}
                      >
                        {t('connectivity.history.comparePrevious')}
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

import { Select } from '@mantine/core'
import { useStore } from 'zustand'
import type { Comparison, EndpointRow, RunEntry } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useTimeFormat } from '../../ui/timeFormat.ts'
import { ChangeList } from './ChangeList.tsx'
import { changeCounts, changeLine, changeStatus } from './changes.ts'
import classes from './History.module.css'
import type { HistoryStore } from './history.ts'

export interface ComparisonViewProps {
  readonly comparison: Comparison
  readonly rows: readonly EndpointRow[]
  readonly store: HistoryStore
}

/** The changes between two runs, the worst first. */
export function ComparisonView({ comparison, rows, store }: ComparisonViewProps) {
  const { runs, compare } = useStore(store)
  const { before, after, changes, unchanged } = comparison
  const { full } = useTimeFormat()
  const runTitle = ({ startedAt, by }: RunEntry) =>
    by === 'watch' ? t('connectivity.history.runOfWatch', { time: full(startedAt) }) : full(startedAt)
  const choices = (runs ?? []).map((run) => ({ value: run.runId, label: runTitle(run) }))
  return (
    <>
      <div className={classes.choice}>
        <Select
          label={t('connectivity.history.before')}
          data={choices.filter(({ value }) => value !== after.runId)}
          value={before.runId}
          allowDeselect={false}
          onChange={(value) => value !== null && void compare(value, after.runId)}
        />
        <Select
          label={t('connectivity.history.after')}
          data={choices.filter(({ value }) => value !== before.runId)}
          value={after.runId}
          allowDeselect={false}
          onChange={(value) => value !== null && void compare(before.runId, value)}
        />
      </div>
      {changes.length === 0 ? (
        <EmptyState title={t('connectivity.history.noChanges')}>
          {t('connectivity.history.noChangesText', { count: unchanged })}
        </EmptyState>
      ) : (
        <Panel
          title={t('connectivity.history.changes', { count: changes.length, kinds: changeCounts(changes) })}
          aside={
            <CopyButton
              label={t('connectivity.history.copy')}
              text={() =>
                [
                  t('connectivity.history.copyBetween', {
                    before: full(before.startedAt),
                    after: full(after.startedAt),
                  }),
                  ...changes.map((change) =>
                    t('connectivity.history.copyChange', {
                      kind: changeStatus[change.kind].label,
                      change: changeLine(change, rows),
                    }),
                  ),
                  t('connectivity.history.unchanged', { count: unchanged }),
                ].join('\n')
              }
            />
          }
        >
          <ChangeList changes={changes} rows={rows} />
          <p className={classes.unchanged}>{t('connectivity.history.unchanged', { count: unchanged })}</p>
        </Panel>
      )}
    </>
  )
}

import { Select } from '@mantine/core'
import { useStore } from 'zustand'
import type { Comparison, EndpointRow, RunEntry } from '../../../preload/contract/connectivity.ts'
import { counted, fullTime } from '../../lib/time.ts'
import { Blank } from '../../ui/Blank.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ChangeList } from './ChangeList.tsx'
import { changeCounts, changeLine, changeStatus } from './changes.ts'
import classes from './History.module.css'
import type { HistoryStore } from './history.ts'

export interface ComparisonViewProps {
  readonly comparison: Comparison
  readonly rows: readonly EndpointRow[]
  readonly store: HistoryStore
}

const runTitle = ({ startedAt, by }: RunEntry) => `${fullTime(startedAt)}${by === 'watch' ? ', watch' : ''}`

/** What changed between two runs, in words, the worst first. */
export function ComparisonView({ comparison, rows, store }: ComparisonViewProps) {
  const { runs, compare } = useStore(store)
  const { before, after, changes, unchanged } = comparison
  const choices = (runs ?? []).map((run) => ({ value: run.runId, label: runTitle(run) }))
  const title =
    changes.length === 0 ? 'Nothing changed' : `${counted(changes.length, 'change')}: ${changeCounts(changes)}`
  return (
    <>
      <div className={classes.choice}>
        <Select
          label="Before"
          data={choices.filter(({ value }) => value !== after.runId)}
          value={before.runId}
          allowDeselect={false}
          onChange={(value) => value !== null && void compare(value, after.runId)}
        />
        <Select
          label="After"
          data={choices.filter(({ value }) => value !== before.runId)}
          value={after.runId}
          allowDeselect={false}
          onChange={(value) => value !== null && void compare(before.runId, value)}
        />
      </div>
      {changes.length === 0 ? (
        <Blank title="Nothing changed">
          {counted(unchanged, 'result')} are the same in both checks, with the same causes.
        </Blank>
      ) : (
        <Panel
          title={title}
          aside={
            <CopyButton
              label="Copy changes"
              text={() =>
                [
                  `Between ${fullTime(before.startedAt)} and ${fullTime(after.startedAt)}:`,
                  ...changes.map((change) => `${changeStatus[change.kind].label}: ${changeLine(change, rows)}`),
                  `${unchanged} unchanged`,
                ].join('\n')
              }
            />
          }
        >
          <ChangeList changes={changes} rows={rows} />
          <p className={classes.unchanged}>{counted(unchanged, 'result')} unchanged.</p>
        </Panel>
      )}
    </>
  )
}

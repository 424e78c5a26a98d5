import { Button, Group, Modal, Select } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Watch } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import type { ConnectivityStore } from '../store.ts'
import classes from '../vantages/Chooser.module.css'
import { VantageList } from '../vantages/VantageList.tsx'
import { everyWords, holds, intervals } from '../words.ts'
import { type WatchesStore, watchOf } from './watches.ts'

export interface WatchDialogProps {
  readonly store: WatchesStore
  readonly now: ConnectivityStore
  readonly planeId: string
  readonly onClose: () => void
}

/** What is not in a list, because it was set in a terminal, stays what it is. */
const withCurrent = (list: typeof intervals, value: number, label: string) =>
  list.some((one) => one.value === String(value)) ? list : [...list, { value: String(value), label }]

/** Checks by itself, on a schedule, and says what changed. */
export function WatchDialog({ store, now, planeId, onClose }: WatchDialogProps) {
  const current = useStore(store, watchOf(planeId))?.watch
  const { offers, offersProblem, chosen } = useStore(now)
  const [watch, setWatch] = useState<Watch>(() => current ?? { everyMinutes: 15, from: [...chosen], holdSeconds: 0 })
  const [problem, setProblem] = useState<ProblemReport | undefined>()
  const [busy, setBusy] = useState(false)
  const change = (next: Watch | null) => {
    setBusy(true)
    void store
      .getState()
      .change(planeId, next)
      .then((failed) => {
        setBusy(false)
        setProblem(failed)
        if (failed === undefined) onClose()
      })
  }
  return (
    <Modal opened onClose={onClose} title="Watch the connections" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.dropdown}>
        <p className={classes.quiet}>
          Hangar checks the whole table by itself while it runs, keeps each run, and says so when something changed.
        </p>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <Select
          label="How often"
          data={withCurrent(intervals, watch.everyMinutes, everyWords(watch.everyMinutes))}
          value={String(watch.everyMinutes)}
          allowDeselect={false}
          data-autofocus
          onChange={(value) => setWatch({ ...watch, everyMinutes: Number(value ?? 15) })}
        />
        <VantageList
          offers={offers}
          problem={offersProblem}
          chosen={watch.from}
          onChoose={(from) => setWatch({ ...watch, from: [...from] })}
        />
        <Select
          label="Hold lasting connections open"
          description="Finds a firewall that cuts what says nothing for a while."
          data={withCurrent(holds, watch.holdSeconds, `${watch.holdSeconds} s`)}
          value={String(watch.holdSeconds)}
          allowDeselect={false}
          onChange={(value) => setWatch({ ...watch, holdSeconds: Number(value ?? 0) })}
        />
        <Group justify="flex-end" gap="xs">
          {current !== undefined && current !== null && (
            <Button variant="default" disabled={busy} onClick={() => change(null)}>
              Stop watching
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={() => change(watch)}>
            {current === undefined || current === null ? 'Start watching' : 'Change'}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}

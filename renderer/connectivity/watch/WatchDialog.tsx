import { Button, Group, Modal, Select } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Watch } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { t } from '../../strings/t.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import type { ConnectivityStore } from '../store.ts'
import classes from '../vantages/Chooser.module.css'
import { holdOptions, intervalOptions } from '../vantages/selectOptions.ts'
import { VantageList } from '../vantages/VantageList.tsx'
import { type WatchesStore, watchOf } from './watches.ts'

export interface WatchDialogProps {
  readonly store: WatchesStore
  readonly connectivity: ConnectivityStore
  readonly planeId: string
  readonly onClose: () => void
}

/** Starts, changes or stops a plane's watch. */
export function WatchDialog({ store, connectivity, planeId, onClose }: WatchDialogProps) {
  const current = useStore(store, watchOf(planeId))?.watch
  const { offers, offersProblem, chosenVantages } = useStore(connectivity)
  const [watch, setWatch] = useState<Watch>(
    () => current ?? { everyMinutes: 15, from: [...chosenVantages], holdSeconds: 0 },
  )
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
    <Modal
      opened
      onClose={onClose}
      title={t('connectivity.watch.title')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <div className={classes.dropdown}>
        <p className={classes.quiet}>{t('connectivity.watch.about')}</p>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <Select
          label={t('connectivity.watch.interval')}
          data={intervalOptions(watch.everyMinutes)}
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
          label={t('connectivity.watch.hold')}
          description={t('connectivity.watch.holdHint')}
          data={holdOptions(watch.holdSeconds)}
          value={String(watch.holdSeconds)}
          allowDeselect={false}
          onChange={(value) => setWatch({ ...watch, holdSeconds: Number(value ?? 0) })}
        />
        <Group justify="flex-end" gap="xs">
          {current !== undefined && current !== null && (
            <Button variant="default" disabled={busy} onClick={() => change(null)}>
              {t('connectivity.watch.stop')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button loading={busy} onClick={() => change(watch)}>
            {t(current === undefined || current === null ? 'connectivity.watch.start' : 'connectivity.watch.update')}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}

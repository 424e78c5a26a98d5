import { SegmentedControl } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import type { LogsStore } from './state.ts'

/** The lines of the query, or their patterns. */
export function ShownSwitch({ store }: { readonly store: LogsStore }) {
  const shown = useStore(store, (state) => state.shown)
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('logs.shown.title')}
      data={(['lines', 'patterns'] as const).map((value) => ({ value, label: t(`logs.shown.${value}`) }))}
      value={shown}
      onChange={(value) => store.getState().show(value === 'patterns' ? 'patterns' : 'lines')}
    />
  )
}

import { SegmentedControl } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import type { LogsStore } from './state.ts'

/** The lines of the query, or their patterns. */
export function ShownSwitch({ store }: { readonly store: LogsStore }) {
  const hasEngine = useStore(store, (state) => state.engine !== undefined)
  const shown = useStore(store, (state) => (state.engine === undefined ? state.shown : 'lines'))
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('logs.shown.title')}
      data={[
        { value: 'lines', label: t('logs.shown.lines') },
        {
          value: 'patterns',
          label: t(hasEngine ? 'logs.shown.patternsHere' : 'logs.shown.patterns'),
          disabled: hasEngine,
        },
      ]}
      value={shown}
      onChange={(value) => store.getState().show(value === 'patterns' ? 'patterns' : 'lines')}
    />
  )
}

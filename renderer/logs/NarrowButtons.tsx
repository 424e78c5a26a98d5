import { ActionIcon } from '@mantine/core'
import { useStore } from 'zustand'
import { IconFilterMinus, IconFilterPlus } from '../ui/icons.ts'
import { withCondition } from './queryText.ts'
import type { LogsStore } from './state.ts'

const narrowings = [
  { how: 'include', icon: <IconFilterPlus size={14} aria-hidden /> },
  { how: 'exclude', icon: <IconFilterMinus size={14} aria-hidden /> },
] as const
type Narrowing = (typeof narrowings)[number]['how']

export interface NarrowButtonsProps {
  readonly store: LogsStore
  /** In the query language; undefined where it is not known yet. */
  readonly condition: string | undefined
  readonly labelOf: (how: Narrowing) => string
  readonly onNarrow?: (how: Narrowing) => void
}

/** Narrow the query to what has the condition, or to what does not. Disabled where the query cannot take it. */
export function NarrowButtons({ store, condition, labelOf, onNarrow }: NarrowButtonsProps) {
  const query = useStore(store, (state) => state.filter.text)
  return narrowings.map(({ how, icon }) => {
    const next = condition === undefined ? undefined : withCondition(query, condition, how)
    const label = labelOf(how)
    return (
      <ActionIcon
        key={how}
        variant="subtle"
        color="gray"
        size={20}
        aria-label={label}
        title={label}
        disabled={next === undefined}
        onClick={() => {
          if (next === undefined) return
          onNarrow?.(how)
          store.getState().setFilter({ text: next })
        }}
      >
        {icon}
      </ActionIcon>
    )
  })
}

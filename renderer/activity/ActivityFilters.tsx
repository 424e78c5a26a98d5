import { Chip, Group, MultiSelect } from '@mantine/core'
import type { Plane } from '../../preload/contract/planes.ts'
import { RangeSelect } from '../logs/RangeSelect.tsx'
import { t } from '../strings/t.ts'
import { SearchField } from '../ui/SearchField.tsx'
import classes from './Activity.module.css'
import { type ActivityFilter, kinds, outcomes } from './filter.ts'

interface ActivityFiltersProps {
  readonly filter: ActivityFilter
  /** Undefined where the activity of one plane is shown. */
  readonly planes: readonly Plane[] | undefined
  readonly onChange: (change: Partial<ActivityFilter>) => void
}

/** The filter of the timeline. It is in the address. */
export function ActivityFilters({ filter, planes, onChange }: ActivityFiltersProps) {
  return (
    <search className={classes.filters}>
      <SearchField
        className={classes.search}
        label={t('activity.filter.search')}
        placeholder={t('activity.filter.hint')}
        value={filter.text}
        onChange={(text) => onChange({ text })}
      />
      <RangeSelect
        className={classes.range}
        label={t('activity.filter.range')}
        range={filter.range}
        onChange={(range) => onChange({ range })}
      />
      {planes !== undefined && planes.length > 1 && (
        <MultiSelect
          className={classes.planes}
          aria-label={t('activity.filter.planes')}
          placeholder={filter.planes.length === 0 ? t('activity.filter.allPlanes') : undefined}
          clearable
          searchable
          limit={50}
          data={planes.map(({ id, name }) => ({ value: id, label: name }))}
          value={[...filter.planes]}
          onChange={(chosen) => onChange({ planes: chosen })}
        />
      )}
      <Chips
        label={t('activity.filter.kinds')}
        choices={kinds.map((value) => ({ value, label: t(`activity.kind.${value}`) }))}
        chosen={filter.kinds}
        onChange={(chosen) => onChange({ kinds: kinds.filter((kind) => chosen.includes(kind)) })}
      />
      <Chips
        label={t('activity.filter.outcomes')}
        choices={outcomes.map((value) => ({ value, label: t(`activity.outcome.${value}`) }))}
        chosen={filter.outcomes}
        onChange={(chosen) => onChange({ outcomes: outcomes.filter((outcome) => chosen.includes(outcome)) })}
      />
    </search>
  )
}

interface ChipsProps {
  readonly label: string
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

const Chips = ({ label, choices, chosen, onChange }: ChipsProps) => (
  <Chip.Group multiple value={[...chosen]} onChange={onChange}>
    <Group gap={4} role="group" aria-label={label}>
      {choices.map((choice) => (
        <Chip key={choice.value} value={choice.value} size="xs" variant="outline">
          {choice.label}
        </Chip>
      ))}
    </Group>
  </Chip.Group>
)

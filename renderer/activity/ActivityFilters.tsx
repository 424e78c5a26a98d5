import { Chip, CloseButton, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import type { Plane } from '../../preload/contract/planes.ts'
import { ranges } from '../logs/query.ts'
import { t } from '../strings/t.ts'
import { IconSearch } from '../ui/icons.ts'
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
  const known = ranges.find((each) => JSON.stringify(each.range) === JSON.stringify(filter.range))
  const range: (typeof ranges)[number]['id'] | 'custom' = known?.id ?? 'custom'
  return (
    <search className={classes.filters}>
      <TextInput
        data-search
        className={classes.search}
        aria-label={t('activity.filter.search')}
        placeholder={t('activity.filter.hint')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={filter.text}
        maxLength={200}
        onChange={({ currentTarget }) => onChange({ text: currentTarget.value })}
        rightSection={
          filter.text === '' ? undefined : (
            <CloseButton size="xs" aria-label={t('activity.filter.clear')} onClick={() => onChange({ text: '' })} />
          )
        }
      />
      <Select
        className={classes.range}
        aria-label={t('activity.filter.range')}
        allowDeselect={false}
        data={[...ranges.map(({ id }) => id), ...(range === 'custom' ? [range] : [])].map((id) => ({
          value: id,
          label: t(`logs.filter.ranges.${id}`),
        }))}
        value={range}
        onChange={(value) => {
          const chosen = ranges.find(({ id }) => id === value)?.range
          if (chosen !== undefined) onChange({ range: chosen })
        }}
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

import { Chip, CloseButton, Group, MultiSelect, Select, Switch, TextInput } from '@mantine/core'
import { useContext } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconSearch } from '../ui/icons.ts'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import classes from './Logs.module.css'
import { levels } from './levels.ts'
import { type Range, ranges } from './query.ts'
import { SavedSearches } from './SavedSearches.tsx'
import type { LogsStore } from './state.ts'

const rangeId = (range: Range): (typeof ranges)[number]['id'] | 'custom' =>
  range.kind === 'between'
    ? 'custom'
    : (ranges.find((known) => JSON.stringify(known.range) === JSON.stringify(range))?.id ?? 'all')

export interface FiltersProps {
  readonly store: LogsStore
}

/** The filter of the log search. Each change starts a search. */
export function Filters({ store }: FiltersProps) {
  const filter = useStore(store, (state) => state.filter)
  const sources = useStore(store, (state) => state.status?.sources)
  const following = useStore(store, (state) => state.following)
  const problem = useStore(store, (state) => state.problem)
  const { setFilter, setFollowing } = store.getState()
  const readOnly = useContext(ReadOnlyContext)
  const selectedRange = rangeId(filter.range)
  return (
    <search className={classes.filters}>
      <TextInput
        data-search
        className={classes.search}
        aria-label={t('logs.filter.search')}
        placeholder={t('logs.filter.placeholder')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={filter.text}
        maxLength={1_000}
        error={problem?.code === 'QUERY_INVALID' ? `${problem.message} ${problem.hint}` : undefined}
        onChange={({ currentTarget }) => setFilter({ text: currentTarget.value })}
        rightSection={
          filter.text === '' ? undefined : (
            <CloseButton size="xs" aria-label={t('logs.filter.clear')} onClick={() => setFilter({ text: '' })} />
          )
        }
      />
      {!readOnly && <SavedSearches store={store} />}
      <Select
        aria-label={t('logs.filter.range')}
        className={classes.range}
        allowDeselect={false}
        data={[...ranges.map(({ id }) => id), ...(selectedRange === 'custom' ? [selectedRange] : [])].map((id) => ({
          value: id,
          label: t(`logs.filter.ranges.${id}`),
        }))}
        value={selectedRange}
        onChange={(value) => {
          const range = ranges.find(({ id }) => id === value)?.range
          if (range !== undefined) setFilter({ range })
        }}
      />
      <MultiSelect
        aria-label={t('logs.filter.sources')}
        className={classes.sources}
        placeholder={filter.sources.length === 0 ? t('logs.filter.allSources') : undefined}
        clearable
        data={(sources ?? []).map(({ id, title }) => ({ value: id, label: title }))}
        value={[...filter.sources]}
        onChange={(chosenSources) => setFilter({ sources: chosenSources })}
      />
      <Chip.Group
        multiple
        value={[...filter.levels]}
        onChange={(chosen) => setFilter({ levels: levels.filter((level) => chosen.includes(level)) })}
      >
        <Group gap={4} role="group" aria-label={t('logs.filter.levels')}>
          {levels.map((level) => (
            <Chip key={level} value={level} size="xs" variant="outline">
              {level}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Switch
        className={classes.follow}
        label={t('logs.filter.follow')}
        checked={following}
        onChange={({ currentTarget }) => setFollowing(currentTarget.checked ? 'yes' : 'no')}
      />
    </search>
  )
}

import { Chip, Group, MultiSelect, Switch } from '@mantine/core'
import { useContext } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { SearchField } from '../ui/SearchField.tsx'
import classes from './Logs.module.css'
import { levels } from './levels.ts'
import { RangeSelect } from './RangeSelect.tsx'
import { SavedSearches } from './SavedSearches.tsx'
import type { LogsStore } from './state.ts'

export interface FiltersProps {
  readonly store: LogsStore
}

/** The filter of the log search. Each change starts a search. */
export function Filters({ store }: FiltersProps) {
  const filter = useStore(store, (state) => state.filter)
  const sources = useStore(store, (state) => state.status?.sources)
  const following = useStore(store, (state) => state.following)
  const hasEngine = useStore(store, (state) => state.engine !== undefined)
  const problem = useStore(store, (state) => state.problem)
  const { setFilter, setFollowing } = store.getState()
  const readOnly = useContext(ReadOnlyContext)
  return (
    <search className={classes.filters}>
      <SearchField
        className={classes.search}
        label={t('logs.filter.search')}
        placeholder={t('logs.filter.placeholder')}
        value={filter.text}
        maxCharacters={1_000}
        error={problem?.code === 'QUERY_INVALID' ? `${problem.message} ${problem.hint}` : undefined}
        onChange={(text) => setFilter({ text })}
      />
      {!readOnly && <SavedSearches store={store} />}
      <RangeSelect
        className={classes.range}
        label={t('logs.filter.range')}
        range={filter.range}
        onChange={(range) => setFilter({ range })}
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
        label={t(hasEngine ? 'logs.filter.followHere' : 'logs.filter.follow')}
        disabled={hasEngine}
        checked={following && !hasEngine}
        onChange={({ currentTarget }) => setFollowing(currentTarget.checked ? 'yes' : 'no')}
      />
    </search>
  )
}

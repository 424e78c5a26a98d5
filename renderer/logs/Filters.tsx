import { Chip, CloseButton, Group, MultiSelect, Select, Switch, TextInput } from '@mantine/core'
import type { RefObject } from 'react'
import { useStore } from 'zustand'
import { IconSearch } from '../ui/icons.ts'
import classes from './Logs.module.css'
import { Level } from './levels.ts'
import { type Range, ranges } from './query.ts'
import type { LogsStore } from './store.ts'

const nameOf = (range: Range): string =>
  range.kind === 'between'
    ? 'Chosen below'
    : (ranges.find((known) => JSON.stringify(known.range) === JSON.stringify(range))?.name ?? 'Any time')

export interface FiltersProps {
  readonly store: LogsStore
  readonly searchRef: RefObject<HTMLInputElement | null>
}

/** What is looked for. Each change asks again by itself. */
export function Filters({ store, searchRef }: FiltersProps) {
  const question = useStore(store, (state) => state.question)
  const sources = useStore(store, (state) => state.status?.sources)
  const following = useStore(store, (state) => state.following)
  const { ask, setFollowing } = store.getState()
  const chosen = nameOf(question.range)
  return (
    <search className={classes.filters}>
      <TextInput
        ref={searchRef}
        className={classes.search}
        aria-label="Search logs"
        placeholder='Search, for example timeout or "connection refused"   ( / )'
        leftSection={<IconSearch size={15} aria-hidden />}
        value={question.text}
        maxLength={1_000}
        onChange={({ currentTarget }) => ask({ text: currentTarget.value })}
        rightSection={
          question.text === '' ? undefined : (
            <CloseButton size="xs" aria-label="Clear search" onClick={() => ask({ text: '' })} />
          )
        }
      />
      <Select
        aria-label="Time range"
        className={classes.range}
        allowDeselect={false}
        data={[...ranges.map(({ name }) => name), ...(chosen === 'Chosen below' ? [chosen] : [])]}
        value={chosen}
        onChange={(name) => {
          const range = ranges.find((known) => known.name === name)?.range
          if (range !== undefined) ask({ range })
        }}
      />
      <MultiSelect
        aria-label="Sources"
        className={classes.sources}
        placeholder={question.sources.length === 0 ? 'All sources' : undefined}
        clearable
        data={(sources ?? []).map(({ id, title }) => ({ value: id, label: title }))}
        value={[...question.sources]}
        onChange={(chosenSources) => ask({ sources: chosenSources })}
      />
      <Chip.Group
        multiple
        value={[...question.levels]}
        onChange={(levels) => ask({ levels: Level.filter((level) => levels.includes(level)) })}
      >
        <Group gap={4} role="group" aria-label="Levels">
          {Level.map((level) => (
            <Chip key={level} value={level} size="xs" variant="outline">
              {level}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Switch
        className={classes.follow}
        label="Follow"
        checked={following}
        onChange={({ currentTarget }) => setFollowing(currentTarget.checked ? 'yes' : 'no')}
      />
    </search>
  )
}

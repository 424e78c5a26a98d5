import { Button, MultiSelect, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { LogEngine } from '../../preload/contract/logs.ts'
import { parseTime } from '../lib/timeInput.ts'
import { t } from '../strings/t.ts'
import { Drawer } from '../ui/Drawer.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { engineName } from './engineName.ts'
import { FetchState } from './FetchState.tsx'
import { type LogFilter, ranges } from './query.ts'
import type { FetchInput, LogsStore } from './state.ts'
import classes from './TakeOffline.module.css'

interface TakeOfflineProps {
  readonly store: LogsStore
  /** Undefined while this computer is searched: the engine of the last fetch. */
  readonly engine: LogEngine | undefined
  readonly onClose: () => void
}

/** Takes lines of a time from an engine into the store: what to take, then how far it is and how it ended. */
export function TakeOffline({ store, engine, onClose }: TakeOfflineProps) {
  const fetch = useStore(store, ({ fetches, planeId = '' }) => fetches.get(planeId))
  const [asking, setAsking] = useState(false)
  const shownEngine = engine ?? fetch?.input.engine
  const isForm = fetch === undefined || (asking && fetch.kind !== 'running')
  return (
    <Drawer
      title={t('logs.fetch.title')}
      subtitle={
        shownEngine !== undefined &&
        t('logs.fetch.about', { engine: engineName(isForm ? shownEngine : (fetch?.input.engine ?? shownEngine)) })
      }
      onClose={onClose}
    >
      {isForm && shownEngine !== undefined && (
        <FetchForm store={store} engine={shownEngine} onStart={() => setAsking(false)} />
      )}
      {!isForm && fetch !== undefined && (
        <FetchState
          store={store}
          fetch={fetch}
          onOther={shownEngine === undefined ? undefined : () => setAsking(true)}
          onClose={onClose}
        />
      )}
    </Drawer>
  )
}

const lastRanges = ranges.flatMap(({ id, range }) => (range.kind === 'last' ? [{ id, ms: range.ms }] : []))
type RangeId = (typeof lastRanges)[number]['id'] | 'custom'

interface FetchFormProps {
  readonly store: LogsStore
  readonly engine: LogEngine
  readonly onStart: () => void
}

function FetchForm({ store, engine, onStart }: FetchFormProps) {
  const format = useTimeFormat()
  const filter = useStore(store, (state) => state.filter)
  const known = useStore(store, (state) => state.status?.sources)
  const [rangeId, setRangeId] = useState<RangeId>(() => rangeOf(filter))
  const [from, setFrom] = useState(() => (filter.range.kind === 'between' ? format.full(filter.range.from) : ''))
  const [to, setTo] = useState(() => (filter.range.kind === 'between' ? format.full(filter.range.to) : ''))
  const [sources, setSources] = useState<readonly string[]>(filter.sources)
  const [shown, setShown] = useState(false)
  const times = timesOf(rangeId, { from, to }, (text) => parseTime(text, format, Date.now()))
  const wrong = (time: string | undefined) => shown && time === undefined && t('logs.fetch.wrongTime')
  const wrongOrder = times.from !== undefined && times.to !== undefined && times.from >= times.to
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        setShown(true)
        if (times.from === undefined || times.to === undefined || wrongOrder) return
        const input: FetchInput = { engine, sources, from: times.from, to: times.to }
        store.getState().startFetch(input)
        onStart()
      }}
    >
      <Select
        label={t('logs.fetch.range')}
        allowDeselect={false}
        data={[
          ...lastRanges.map(({ id }) => ({ value: id, label: t(`logs.filter.ranges.${id}`) })),
          { value: 'custom', label: t('logs.fetch.custom') },
        ]}
        value={rangeId}
        onChange={(value) => setRangeId(lastRanges.find(({ id }) => id === value)?.id ?? 'custom')}
      />
      {rangeId === 'custom' && (
        <>
          <TextInput
            label={t('logs.fetch.from')}
            description={t('logs.fetch.wrongTime')}
            value={from}
            error={wrong(times.from)}
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
          <TextInput
            label={t('logs.fetch.to')}
            value={to}
            error={wrong(times.to) || (shown && wrongOrder && t('logs.fetch.wrongOrder'))}
            onChange={({ currentTarget }) => setTo(currentTarget.value)}
          />
        </>
      )}
      <MultiSelect
        label={t('logs.fetch.sources')}
        placeholder={sources.length === 0 ? t('logs.filter.allSources') : undefined}
        clearable
        data={(known ?? []).map(({ id, title }) => ({ value: id, label: title }))}
        value={[...sources]}
        onChange={setSources}
      />
      <Button type="submit" size="compact-sm" className={classes.action}>
        {t('logs.fetch.start')}
      </Button>
    </form>
  )
}

/** That of the search, where it has one of these; the last 24 hours in place of any time. Pure. */
function rangeOf({ range }: LogFilter): RangeId {
  if (range.kind === 'between') return 'custom'
  return (range.kind === 'last' && lastRanges.find(({ ms }) => ms === range.ms)?.id) || 'last24Hours'
}

/** Of the typed times, those that can be read. */
function timesOf(
  id: RangeId,
  typed: { readonly from: string; readonly to: string },
  read: (text: string) => string | undefined,
): { readonly from: string | undefined; readonly to: string | undefined } {
  const last = lastRanges.find((each) => each.id === id)
  if (last === undefined) return { from: read(typed.from), to: read(typed.to) }
  const nowMs = Date.now()
  return { from: new Date(nowMs - last.ms).toISOString(), to: new Date(nowMs).toISOString() }
}

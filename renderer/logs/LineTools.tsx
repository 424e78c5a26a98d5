import { ActionIcon, Button, Checkbox, Group, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import { parseTime } from '../lib/timeInput.ts'
import { t } from '../strings/t.ts'
import { ButtonPopover } from '../ui/ButtonPopover.tsx'
import { IconArrowDown, IconArrowUp, IconColumns, IconSwap, IconX } from '../ui/icons.ts'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { isKnownColumn, knownColumns } from './columns.ts'
import { ExportMenu, type ExportMenuProps } from './ExportMenu.tsx'
import classes from './Logs.module.css'
import type { LogsStore } from './state.ts'
import type { Step } from './steps.ts'

/** Of so many lines the fields are offered as columns, the most frequent ones first. */
const sampledLines = 300
const offeredFields = 12

/** What the list of lines offers: steps, order, columns and wrapping. */
export function LineTools({ store, plane }: ExportMenuProps) {
  const order = useStore(store, (state) => state.filter.order)
  const related = useStore(store, (state) => state.related !== undefined)
  const wrap = useStore(store, (state) => state.wrap)
  const { setFilter, setWrap } = store.getState()
  return (
    <div className={classes.tools}>
      {!related && <TimeField store={store} />}
      <Steps store={store} to={related ? 'match' : 'error'} />
      {!related && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconSwap size={14} aria-hidden />}
          aria-label={t('logs.tools.order', { order: t(`logs.tools.${order}`) })}
          onClick={() => setFilter({ order: order === 'newest' ? 'oldest' : 'newest' })}
        >
          {t(`logs.tools.${order}`)}
        </Button>
      )}
      <Columns store={store} />
      {!related && <ExportMenu store={store} plane={plane} />}
      <Switch
        size="xs"
        label={t('logs.tools.wrap')}
        aria-keyshortcuts="w"
        checked={wrap}
        onChange={({ currentTarget }) => setWrap(currentTarget.checked ? 'yes' : 'no')}
      />
    </div>
  )
}

/** The time at which the list begins. */
function TimeField({ store }: { readonly store: LogsStore }) {
  const at = useStore(store, (state) => state.filter.at)
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const format = useTimeFormat()
  const { setFilter } = store.getState()
  const go = () => {
    const time = parseTime(text, format, Date.now())
    setWrong(time === undefined && text.trim() !== '')
    if (time === undefined) return
    setText('')
    setFilter({ at: time })
  }
  if (at !== undefined) {
    return (
      <Button
        variant="light"
        size="compact-xs"
        rightSection={<IconX size={14} aria-hidden />}
        aria-label={t('logs.tools.leaveTime', { time: format.full(at) })}
        onClick={() => setFilter({ at: undefined })}
      >
        {format.full(at)}
      </Button>
    )
  }
  return (
    <TextInput
      className={classes.timeField}
      size="xs"
      aria-label={t('logs.tools.goToTime')}
      placeholder={t('logs.tools.goToTime')}
      title={t('logs.tools.timeForms')}
      value={text}
      error={wrong}
      errorProps={{ hidden: true }}
      aria-invalid={wrong}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onKeyDown={({ key }) => {
        if (key === 'Enter') go()
      }}
    />
  )
}

function Steps({ store, to }: { readonly store: LogsStore; readonly to: 'match' | 'error' }) {
  const [missing, setMissing] = useState(false)
  const go = (step: Step) =>
    void store
      .getState()
      .step(step, to)
      .then((found) => setMissing(!found))
  const key = to === 'match' ? 'n' : 'e'
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        size={22}
        aria-label={t(`logs.tools.previous.${to}`)}
        title={t(`logs.tools.previous.${to}`)}
        aria-keyshortcuts={`Shift+${key}`}
        onClick={() => go('previous')}
      >
        <IconArrowUp size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={22}
        aria-label={t(`logs.tools.next.${to}`)}
        title={t(`logs.tools.next.${to}`)}
        aria-keyshortcuts={key}
        onClick={() => go('next')}
      >
        <IconArrowDown size={14} aria-hidden />
      </ActionIcon>
      <span className={classes.quiet} role="status">
        {t(missing ? `logs.tools.none.${to}` : `logs.tools.${to}`)}
      </span>
    </Group>
  )
}

function Columns({ store }: { readonly store: LogsStore }) {
  const columns = useStore(store, (state) => state.columns)
  const [opened, setOpened] = useState(false)
  const { toggleColumn } = store.getState()
  const fields = opened ? fieldNames(store) : []
  const names = [...knownColumns, ...new Set([...columns.filter((name) => !isKnownColumn(name)), ...fields])]
  return (
    <ButtonPopover
      label={t('logs.tools.columns')}
      icon={<IconColumns size={14} aria-hidden />}
      opened={opened}
      onChange={setOpened}
    >
      <div className={classes.choices}>
        {names.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            label={isKnownColumn(name) ? t(`logs.column.${name}`) : name}
            checked={columns.includes(name)}
            onChange={() => toggleColumn(name)}
          />
        ))}
      </div>
    </ButtonPopover>
  )
}

function fieldNames(store: LogsStore): readonly string[] {
  const counts = new Map<string, number>()
  for (const { fields } of store.getState().records.slice(0, sampledLines))
    for (const [name] of fields) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, offeredFields)
    .map(([name]) => name)
}

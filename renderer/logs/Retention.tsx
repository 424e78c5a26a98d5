import { Button, Select } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { LogRetention } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { bytes as sizeText } from '../lib/time.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { ButtonPopover } from '../ui/ButtonPopover.tsx'
import { IconHistory } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Logs.module.css'
import type { LogsStore, RetentionPolicy } from './state.ts'

const offeredDays = [1, 3, 7, 14, 30, 90, 365] as const
const offeredBytes = [500e6, 1e9, 2e9, 5e9, 10e9, 20e9, 50e9] as const

interface Deleted {
  readonly days: number
  readonly records: number
}

/** How long the logs are kept. What a new policy deletes is shown before it is applied. */
export function Retention({ store }: { readonly store: LogsStore }) {
  const [opened, setOpened] = useState(false)
  const [kept, setKept] = useState<LogRetention>()
  const [problem, setProblem] = useState<ProblemReport>()

  useEffect(() => {
    if (!opened) return
    void store
      .getState()
      .retention()
      .then((outcome) => {
        if (outcome?.ok === true) setKept(outcome.value)
        setProblem(outcome?.ok === false ? outcome.problem : undefined)
      })
  }, [opened, store])

  return (
    <ButtonPopover
      label={t('logs.retention.open')}
      icon={<IconHistory size={14} aria-hidden />}
      width={300}
      opened={opened}
      onChange={setOpened}
    >
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {kept !== undefined && (
        <Policy key={JSON.stringify(kept)} store={store} kept={kept} onKept={setKept} onProblem={setProblem} />
      )}
    </ButtonPopover>
  )
}

interface PolicyProps {
  readonly store: LogsStore
  readonly kept: LogRetention
  readonly onKept: (kept: LogRetention) => void
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

function Policy({ store, kept, onKept, onProblem }: PolicyProps) {
  const [policy, setPolicy] = useState<RetentionPolicy>({ days: kept.days, bytes: kept.bytes })
  const [busy, setBusy] = useState(false)
  const expired = useExpired(store, policy)
  const changed = policy.days !== kept.days || policy.bytes !== kept.bytes
  const apply = () => {
    setBusy(true)
    void store
      .getState()
      .setRetention(policy)
      .then((outcome) => {
        setBusy(false)
        onProblem(outcome?.ok === false ? outcome.problem : undefined)
        if (outcome?.ok === true) onKept(outcome.value)
      })
  }
  return (
    <div className={classes.choices}>
      <Limit
        label={t('logs.retention.days')}
        offered={offeredDays}
        value={policy.days}
        textOf={(days) => t('logs.retention.dayCount', { count: days })}
        onChange={(days) => setPolicy({ ...policy, days })}
      />
      <Limit
        label={t('logs.retention.size')}
        offered={offeredBytes}
        value={policy.bytes}
        textOf={sizeText}
        onChange={(bytes) => setPolicy({ ...policy, bytes })}
      />
      <p className={classes.found} role="status">
        {changed &&
          expired !== undefined &&
          t('logs.retention.expired', { days: expired.days, count: expired.records })}
      </p>
      <Button
        size="compact-sm"
        color={expired !== undefined && expired.days > 0 ? 'red' : undefined}
        disabled={!changed || expired === undefined}
        loading={busy}
        onClick={apply}
      >
        {t(expired !== undefined && expired.days > 0 ? 'logs.retention.applyAndDelete' : 'logs.retention.apply')}
      </Button>
      <p className={classes.found}>
        {kept.removed === null ? (
          t('logs.retention.about')
        ) : (
          <Rich
            message="logs.retention.removed"
            values={{
              ago: <Ago key="removed" at={kept.removed.at} />,
              count: kept.removed.records,
              days: kept.removed.days,
            }}
          />
        )}
      </p>
    </div>
  )
}

/** What the policy would delete; undefined until that is known. */
function useExpired(store: LogsStore, policy: RetentionPolicy): Deleted | undefined {
  const [expired, setExpired] = useState<Deleted>()
  useEffect(() => {
    let isCurrent = true
    setExpired(undefined)
    void store
      .getState()
      .expired(policy)
      .then((outcome) => {
        if (isCurrent && outcome?.ok === true) setExpired(outcome.value)
      })
    return () => {
      isCurrent = false
    }
  }, [store, policy])
  return expired
}

interface LimitProps {
  readonly label: string
  readonly offered: readonly number[]
  readonly value: number | null
  readonly textOf: (value: number) => string
  readonly onChange: (value: number | null) => void
}

/** One of the usual values, or the one that the terminal has set. */
function Limit({ label, offered, value, textOf, onChange }: LimitProps) {
  const values = value === null || offered.includes(value) ? offered : [...offered, value].sort((a, b) => a - b)
  return (
    <Select
      size="xs"
      label={label}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      data={[
        { value: '', label: t('logs.retention.none') },
        ...values.map((each) => ({ value: String(each), label: textOf(each) })),
      ]}
      value={value === null ? '' : String(value)}
      onChange={(chosen) => onChange(chosen === null || chosen === '' ? null : Number(chosen))}
    />
  )
}

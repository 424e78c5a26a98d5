import { useEffect, useState } from 'react'
import type { LogAccess } from '../../preload/contract/logs.ts'
import type { Outcome } from '../lib/outcome.ts'
import { t } from '../strings/t.ts'
import { Drawer } from '../ui/Drawer.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconAlert, IconCircleCheck } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { Status } from '../ui/Status.tsx'
import { At } from '../ui/Time.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import classes from './SourceStates.module.css'
import type { Accesses, LogsStore } from './state.ts'

interface AccessRecordProps {
  readonly store: LogsStore
  readonly onClose: () => void
}

/** Who has read, exported or deleted logs of the plane on this computer, the newest first. */
export function AccessRecord({ store, onClose }: AccessRecordProps) {
  const [outcome, setOutcome] = useState<Outcome<Accesses>>()
  useEffect(() => {
    let isCurrent = true
    void store
      .getState()
      .accesses()
      .then((read) => {
        if (isCurrent) setOutcome(read)
      })
    return () => {
      isCurrent = false
    }
  }, [store])

  const record = outcome?.ok === true ? outcome.value : undefined
  return (
    <Drawer
      title={t('logs.audit.title')}
      status={record !== undefined && record.total > 0 && <ChainStatus record={record} />}
      subtitle={t('logs.audit.about')}
      onClose={onClose}
    >
      {outcome === undefined && <Skeleton />}
      {outcome?.ok === false && <ProblemNotice problem={outcome.problem} />}
      {record?.total === 0 && <EmptyState title={t('logs.audit.empty')} />}
      {record !== undefined && record.total > 0 && (
        <>
          <ul className={classes.accesses} aria-label={t('logs.audit.title')}>
            {record.entries.map((access, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two entries can be alike, and the list does not change
              <AccessRow key={index} access={access} />
            ))}
          </ul>
          {record.total > record.entries.length && (
            <p>{t('logs.audit.newest', { count: record.entries.length, total: record.total })}</p>
          )}
        </>
      )}
    </Drawer>
  )
}

function ChainStatus({ record: { unverified } }: { readonly record: Accesses }) {
  const appearance =
    unverified === 0
      ? ({ tone: 'good', icon: IconCircleCheck, label: t('logs.audit.verified') } as const)
      : ({ tone: 'bad', icon: IconAlert, label: t('logs.audit.unverified', { count: unverified }) } as const)
  return <Status appearance={appearance} />
}

const brokenStatus = { tone: 'bad', icon: IconAlert, label: t('logs.audit.broken') } as const

function AccessRow({ access }: { readonly access: LogAccess }) {
  const { at, user, host, action, verified, asked } = access
  const { full } = useTimeFormat()
  return (
    <li className={classes.source}>
      <span className={classes.title}>{t(`logs.audit.action.${action}`)}</span>
      {!verified && <Status appearance={brokenStatus} />}
      <span className={classes.facts}>
        <At at={at} />
        <span>{user === '' ? t('logs.audit.noName') : user}</span>
        <span>{t(`logs.audit.host.${host}`)}</span>
      </span>
      {asked === null ? (
        <span className={classes.facts}>{t('logs.audit.sealed')}</span>
      ) : (
        <span className={classes.asked}>
          {asked.text !== undefined && asked.text !== '' && <code>{asked.text}</code>}
          {partsOf(asked, full).map((part) => (
            <span key={part}>{part}</span>
          ))}
        </span>
      )}
    </li>
  )
}

/** What was asked for beside the text. */
function partsOf(asked: NonNullable<LogAccess['asked']>, timeOf: (at: string) => string): string[] {
  const { levels = [], sources = [], pods = [], containers = [], from, to, engine, format, redact, days, bytes } = asked
  const named = (name: 'levels' | 'sources' | 'pods' | 'containers', values: readonly string[]) =>
    values.length === 0 ? [] : [t(`logs.audit.asked.${name}`, { values: values.join(', ') })]
  const one = (name: 'from' | 'to' | 'engine' | 'format', value: string | undefined) =>
    value === undefined ? [] : [t(`logs.audit.asked.${name}`, { value })]
  return [
    ...one('engine', engine),
    ...named('levels', levels),
    ...named('sources', sources),
    ...named('pods', pods),
    ...named('containers', containers),
    ...one('from', from && timeOf(from)),
    ...one('to', to && timeOf(to)),
    ...one('format', format),
    ...(redact === false ? [t('logs.audit.asked.notRedacted')] : []),
    ...(days == null ? [] : [t('logs.retention.dayCount', { count: days })]),
    ...(bytes == null ? [] : [t('logs.audit.asked.bytes', { count: bytes })]),
  ]
}

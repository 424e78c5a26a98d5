import { Button, Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { LogStatus, SourceCollection } from '../../preload/contract/logs.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { IconAlert, IconBan, IconCircleCheck, IconCircleDashed, IconLoader } from '../ui/icons.ts'
import { Status, type StatusAppearance } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './SourceStates.module.css'
import type { LogsStore } from './state.ts'

type State = SourceCollection['state']
type Source = LogStatus['sources'][number] & { readonly collection: SourceCollection }

const appearances = {
  refused: { tone: 'bad', icon: IconBan, label: t('logs.sources.state.refused') },
  retrying: { tone: 'warn', icon: IconAlert, label: t('logs.sources.state.retrying') },
  queued: { tone: 'busy', icon: IconLoader, label: t('logs.sources.state.queued') },
  following: { tone: 'good', icon: IconCircleCheck, label: t('logs.sources.state.following') },
  waiting: { tone: 'idle', icon: IconCircleDashed, label: t('logs.sources.state.waiting') },
} as const satisfies Record<State, StatusAppearance>

/** The worst first. */
const order: readonly State[] = ['refused', 'retrying', 'queued', 'following', 'waiting']

interface SourceStatesProps {
  readonly store: LogsStore
  /** Shown in its place while no state is known. */
  readonly fallback: ReactNode
}

/** What a running collection does, in a line; on click for each source. */
export function SourceStates({ store, fallback }: SourceStatesProps) {
  const sources = useStore(store, (state) => state.status?.sources)
  const collected = (sources ?? []).flatMap((source): readonly Source[] =>
    source.collection === undefined ? [] : [{ ...source, collection: source.collection }],
  )
  const worst = order.find((state) => collected.some(({ collection }) => collection.state === state))
  if (worst === undefined) return fallback
  return (
    <Popover position="bottom-start" width={440} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" size="compact-xs">
          <Status appearance={appearances[worst]} label={summaryOf(worst, collected)} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('logs.sources.title')}>
        <ul className={classes.sources} aria-label={t('logs.sources.title')}>
          {collected
            .toSorted((a, b) => order.indexOf(a.collection.state) - order.indexOf(b.collection.state))
            .map((source) => (
              <SourceRow key={source.id} source={source} />
            ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}

function summaryOf(worst: State, collected: readonly Source[]): string {
  const sum = (count: (collection: SourceCollection) => number) =>
    collected.reduce((total, { collection }) => total + count(collection), 0)
  const counts: Record<State, number> = {
    refused: sum(({ state }) => (state === 'refused' ? 1 : 0)),
    retrying: sum(({ state }) => (state === 'retrying' ? 1 : 0)),
    queued: sum(({ queued }) => queued),
    following: sum(({ following }) => following),
    waiting: 0,
  }
  return t(`logs.sources.summary.${worst}`, { count: counts[worst] })
}

function SourceRow({ source: { title, newest, collection } }: { readonly source: Source }) {
  const { state, containers, following, queued, gaps, missingPermissions, problem, since } = collection
  return (
    <li className={classes.source}>
      <span className={classes.title}>{title}</span>
      <Status appearance={appearances[state]} />
      <span className={`${classes.facts} numbers`}>
        {containers === 0 ? t('logs.sources.none') : t('logs.sources.following', { following, count: containers })}
        {queued > 0 && <span>{t('logs.sources.queued', { count: queued })}</span>}
        {gaps > 0 && <span>{t('logs.sources.gaps', { count: gaps })}</span>}
        {newest !== null && (
          <span>
            <Rich message="logs.sources.newest" values={{ ago: <Ago key="newest" at={newest} /> }} />
          </span>
        )}
      </span>
      {problem !== undefined && (
        <span className={classes.problem}>
          {missingPermissions.length > 0
            ? t('logs.sources.missing', {
                count: missingPermissions.length,
                permissions: missingPermissions.join(', '),
              })
            : problem.message}
          {since !== undefined && (
            <span className={classes.since}>
              <Rich message="logs.sources.since" values={{ ago: <Ago key="since" at={since} /> }} />
            </span>
          )}
          <span className={classes.hint}>{problem.hint}</span>
        </span>
      )}
    </li>
  )
}

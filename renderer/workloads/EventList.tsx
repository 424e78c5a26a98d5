import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Drawer.module.css'
import type { WorkloadsStore } from './store.ts'

interface EventListProps {
  readonly store: WorkloadsStore
  /** uid of the object of the events; undefined: of the whole plane. */
  readonly object: string | undefined
}

/** Events of Kubernetes, newest first. */
export function EventList({ store, object }: EventListProps) {
  const { events, problem } = useStore(store, (state) =>
    state.events.object === object ? state.events : { events: undefined, problem: undefined },
  )
  return (
    <>
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      {events === undefined && problem === undefined && (
        <p className={classes.quiet}>{t('workloads.events.loading')}</p>
      )}
      {events?.length === 0 && <p className={classes.quiet}>{t('workloads.events.none')}</p>}
      <ul className={classes.events} aria-label={t('workloads.events.list')}>
        {events?.map((event) => (
          <li key={event.uid} className={classes.event} data-type={event.type}>
            <div>
              <strong>
                {event.type === 'Warning' ? t('workloads.events.warning', { reason: event.reason }) : event.reason}
              </strong>{' '}
              <span className={classes.quiet}>
                <Ago at={event.at} />
                {event.count > 1 && t('workloads.events.times', { count: event.count })}
              </span>
            </div>
            {object === undefined && (
              <div className={classes.quiet}>
                {event.object.kind} {event.object.name}
              </div>
            )}
            <div>{event.message}</div>
          </li>
        ))}
      </ul>
      <Button variant="subtle" size="compact-xs" onClick={() => void store.getState().loadEvents(object)}>
        {t('workloads.events.refresh')}
      </Button>
    </>
  )
}

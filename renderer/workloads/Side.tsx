import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { ClusterEvent, ObjectStatus } from '../../preload/contract/workloads.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import type { WorkloadRow } from './rows.ts'
import type { WorkloadsStore } from './store.ts'
import classes from './Workloads.module.css'

const providers: Readonly<Record<string, string>> = {
  release: 'A release of this plane',
  flux: 'Flux',
  cluster: 'This cluster',
  vendor: 'The vendor',
}

/** What is selected, and the events about it; without a selection the newest of the whole plane. */
export function Side({ store, row }: { readonly store: WorkloadsStore; readonly row: WorkloadRow | undefined }) {
  const events = useStore(store, (state) => state.events)
  return (
    <aside className={classes.side} aria-label="Details">
      {row?.kind === 'component' && (
        <>
          <h2 className={classes.sideTitle}>{row.component.title}</h2>
          <p className={classes.summaryText}>{row.component.summary}</p>
          <Facts
            rows={[
              ['Health', <Status key="health" appearance={healthStatus[row.component.health]} />],
              ...(row.component.reason === '' ? [] : ([['Why', row.component.reason]] as const)),
              ...(row.component.since === undefined
                ? []
                : ([['Since', <At key="since" at={row.component.since} />]] as const)),
              ['Provided by', providers[row.component.providedBy] ?? row.component.providedBy],
            ]}
          />
        </>
      )}
      {row?.kind === 'object' && <ObjectFacts object={row.object} events={events.events ?? []} />}
      <div className={classes.sideHead}>
        <h3 className={classes.sideTitle}>
          {row?.kind === 'object' ? 'Events of this object' : 'Events of the plane'}
        </h3>
        <Button variant="subtle" size="compact-xs" onClick={() => void store.getState().loadEvents(events.object)}>
          Refresh
        </Button>
      </div>
      {events.problem !== undefined && <ProblemNotice problem={events.problem} tone="warn" />}
      {events.events === undefined && events.problem === undefined && <p className={classes.quiet}>Reading …</p>}
      {events.events?.length === 0 && <p className={classes.quiet}>None. Kubernetes keeps events for about an hour.</p>}
      <ul className={classes.events} aria-label="Events">
        {events.events?.map((event) => (
          <li key={event.uid} className={classes.event} data-type={event.type}>
            <div>
              <strong>
                {event.type === 'Warning' ? 'Warning: ' : ''}
                {event.reason}
              </strong>{' '}
              <span className={classes.quiet}>
                <Ago at={event.at} />
                {event.count > 1 && `, ${event.count} times`}
              </span>
            </div>
            {row?.kind !== 'object' && (
              <div className={classes.quiet}>
                {event.object.kind} {event.object.name}
              </div>
            )}
            <div>{event.message}</div>
          </li>
        ))}
      </ul>
    </aside>
  )
}

function ObjectFacts({ object, events }: { readonly object: ObjectStatus; readonly events: readonly ClusterEvent[] }) {
  const { kind, name, namespace, health, reason, since, createdAt, restarts, node, ready, total } = object
  return (
    <>
      <h2 className={classes.sideTitle}>
        {kind} {name}
      </h2>
      <Facts
        rows={[
          ['Health', <Status key="health" appearance={healthStatus[health]} />],
          ...(reason === '' ? [] : ([['Why', reason]] as const)),
          ...(since === undefined ? [] : ([['Since', <At key="since" at={since} />]] as const)),
          ...(namespace === undefined ? [] : ([['Namespace', namespace]] as const)),
          ...(total === undefined ? [] : ([['Ready', `${ready ?? 0} of ${total}`]] as const)),
          ...(restarts === undefined ? [] : ([['Restarts', String(restarts)]] as const)),
          ...(node === undefined ? [] : ([['Node', node]] as const)),
          ...(createdAt === undefined ? [] : ([['Created', <At key="created" at={createdAt} />]] as const)),
        ]}
      />
      <div>
        <CopyButton
          label="Copy evidence"
          text={() =>
            [
              `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${healthStatus[health].label}`,
              reason,
              since === undefined ? '' : `Since ${since}`,
              ...events.map((event) => `${event.at} ${event.type} ${event.reason}: ${event.message}`),
            ]
              .filter((line) => line !== '')
              .join('\n')
          }
        />
      </div>
    </>
  )
}

import { Button, Group } from '@mantine/core'
import { useStore } from 'zustand'
import type { ClusterEvent, ObjectStatus } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import type { WorkloadRow } from './rows.ts'
import type { WorkloadsStore } from './store.ts'
import classes from './Workloads.module.css'

const providers = ['release', 'flux', 'cluster', 'vendor'] as const

/** A provider that this version does not know is shown as it is. */
function providerName(name: string): string {
  const provider = providers.find((known) => known === name)
  return provider === undefined ? name : t(`workloads.provider.${provider}`)
}

/** The selected row and its events; without a selection the newest events of the plane. */
export function WorkloadDetails({
  store,
  row,
  logsOf,
}: {
  readonly store: WorkloadsStore
  readonly row: WorkloadRow | undefined
  readonly logsOf: (object: ObjectStatus) => (() => void) | undefined
}) {
  const events = useStore(store, (state) => state.events)
  // Below the heading of a selected row; without one, the first of its part of the page.
  const EventsHeading = row === undefined ? 'h2' : 'h3'
  return (
    <aside className={classes.side} aria-label={t('workloads.details')}>
      {row?.kind === 'component' && (
        <>
          <h2 className={classes.sideTitle}>{row.component.title}</h2>
          <p className={classes.summaryText}>{row.component.summary}</p>
          <Facts
            rows={[
              [t('workloads.fact.health'), <Status key="health" appearance={healthStatus[row.component.health]} />],
              ...(row.component.reason === '' ? [] : ([[t('workloads.fact.reason'), row.component.reason]] as const)),
              ...(row.component.since === undefined
                ? []
                : ([[t('workloads.fact.since'), <At key="since" at={row.component.since} />]] as const)),
              [t('workloads.fact.providedBy'), providerName(row.component.providedBy)],
            ]}
          />
        </>
      )}
      {row?.kind === 'object' && (
        <ObjectFacts object={row.object} events={events.events ?? []} onLogs={logsOf(row.object)} />
      )}
      <div className={classes.sideHead}>
        <EventsHeading className={classes.sideTitle}>
          {t(row?.kind === 'object' ? 'workloads.events.ofObject' : 'workloads.events.ofPlane')}
        </EventsHeading>
        <Button variant="subtle" size="compact-xs" onClick={() => void store.getState().loadEvents(events.object)}>
          {t('workloads.events.refresh')}
        </Button>
      </div>
      {events.problem !== undefined && <ProblemNotice problem={events.problem} tone="warn" />}
      {events.events === undefined && events.problem === undefined && (
        <p className={classes.quiet}>{t('workloads.events.loading')}</p>
      )}
      {events.events?.length === 0 && <p className={classes.quiet}>{t('workloads.events.none')}</p>}
      <ul className={classes.events} aria-label={t('workloads.events.list')}>
        {events.events?.map((event) => (
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

interface ObjectFactsProps {
  readonly object: ObjectStatus
  readonly events: readonly ClusterEvent[]
  readonly onLogs: (() => void) | undefined
}

function ObjectFacts({ object, events, onLogs }: ObjectFactsProps) {
  const { kind, name, namespace, health, reason, since, createdAt, restarts, node, ready, total } = object
  return (
    <>
      <h2 className={classes.sideTitle}>
        {kind} {name}
      </h2>
      <Facts
        rows={[
          [t('workloads.fact.health'), <Status key="health" appearance={healthStatus[health]} />],
          ...(reason === '' ? [] : ([[t('workloads.fact.reason'), reason]] as const)),
          ...(since === undefined ? [] : ([[t('workloads.fact.since'), <At key="since" at={since} />]] as const)),
          ...(namespace === undefined ? [] : ([[t('workloads.fact.namespace'), namespace]] as const)),
          ...(total === undefined
            ? []
            : ([[t('workloads.fact.ready'), t('workloads.readyOf', { ready: ready ?? 0, total })]] as const)),
          ...(restarts === undefined ? [] : ([[t('workloads.fact.restarts'), String(restarts)]] as const)),
          ...(node === undefined ? [] : ([[t('workloads.fact.node'), node]] as const)),
          ...(createdAt === undefined
            ? []
            : ([[t('workloads.fact.created'), <At key="created" at={createdAt} />]] as const)),
        ]}
      />
      <Group gap={8}>
        {onLogs !== undefined && (
          <Button variant="default" size="compact-xs" onClick={onLogs}>
            {t('workloads.showLogs')}
          </Button>
        )}
        <CopyButton
          label={t('ui.copyEvidence')}
          text={() =>
            [
              t('workloads.evidence.object', {
                object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
                health: healthStatus[health].label,
              }),
              reason,
              since === undefined ? '' : t('workloads.evidence.since', { since }),
              ...events.map((event) => `${event.at} ${event.type} ${event.reason}: ${event.message}`),
            ]
              .filter((line) => line !== '')
              .join('\n')
          }
        />
      </Group>
    </>
  )
}

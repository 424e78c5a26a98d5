import { Button } from '@mantine/core'
import { type ReactNode, useContext, useEffect } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ObjectDetails, ObjectStatus } from '../../preload/contract/workloads.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Drawer } from '../ui/Drawer.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { Skeleton } from '../ui/Skeleton.tsx'
import { healthStatus, StatusPill } from '../ui/Status.tsx'
import { At } from '../ui/Time.tsx'
import { ConditionList } from './ConditionList.tsx'
import { ContainerList } from './ContainerList.tsx'
import classes from './Drawer.module.css'
import { EventList } from './EventList.tsx'
import { evidenceOf } from './evidence.ts'
import type { ShownComponent } from './health.ts'
import { ObjectYaml } from './ObjectYaml.tsx'
import { DrawerSection } from './Section.tsx'
import type { WorkloadsStore } from './store.ts'
import type { ShownSnapshot } from './tree.ts'

interface ObjectDrawerProps {
  readonly store: WorkloadsStore
  readonly object: ObjectStatus
  readonly snapshot: ShownSnapshot
  /** It was in the cluster when the drawer opened, and is not any more. */
  readonly isGone: boolean
  readonly onOpen: (key: string) => void
  readonly onLogs: (() => void) | undefined
  readonly onClose: () => void
}

/** One object: why it is as it is, its conditions, containers, events and manifest. */
export function ObjectDrawer({ store, object, snapshot, isGone, onOpen, onLogs, onClose }: ObjectDrawerProps) {
  const { uid, kind, namespace, name, health, reason, restarts, ready } = object
  const isRecorded = useContext(ReadOnlyContext)
  const isConnected = snapshot.connection.state === 'live'
  const details = useStore(store, (state) => (state.details.object === uid ? state.details : undefined))
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the state comes with new details and events
  useEffect(() => {
    void store.getState().loadEvents(uid)
    if (!isRecorded) void store.getState().loadDetails(object)
  }, [store, uid, health, reason, restarts, ready, isConnected, isRecorded])
  useEffect(() => () => store.getState().endDetails(), [store])
  const events = useStore(store, (state) => (state.events.object === uid ? state.events.events : undefined))
  return (
    <Drawer
      title={name}
      status={<StatusPill appearance={healthStatus[health]} />}
      subtitle={t(namespace === undefined ? 'workloads.drawer.kind' : 'workloads.drawer.kindIn', {
        kind,
        namespace: namespace ?? '',
      })}
      onClose={onClose}
      actions={
        <>
          {onLogs !== undefined && (
            <Button variant="default" onClick={onLogs}>
              {t('workloads.showLogs')}
            </Button>
          )}
          <CopyButton label={t('ui.copyEvidence')} text={() => evidenceOf(object, details?.value, events ?? [])} />
        </>
      }
    >
      {(isGone || details?.value === null) && (
        <div className={classes.notice}>
          <Notice tone="warn" role="status" title={t('workloads.drawer.gone')}>
            {t('workloads.drawer.lastKnown')}
          </Notice>
        </div>
      )}
      <DrawerSection title={t('workloads.drawer.summary')}>
        <Summary object={object} snapshot={snapshot} onOpen={onOpen} />
      </DrawerSection>
      {isRecorded ? (
        <p className={classes.note}>{t('workloads.drawer.recorded')}</p>
      ) : (
        <Details
          value={details?.value}
          problem={details?.problem}
          onRetry={() => void store.getState().loadDetails(object)}
        />
      )}
      {/* Last: what loads later moves nothing. */}
      {(isRecorded || details?.value !== undefined || details?.problem !== undefined) && (
        <DrawerSection title={t('workloads.events.ofObject')}>
          <EventList store={store} object={uid} />
        </DrawerSection>
      )}
    </Drawer>
  )
}

interface DetailsProps {
  readonly value: ObjectDetails | null | undefined
  readonly problem: ProblemReport | undefined
  readonly onRetry: () => void
}

function Details({ value, problem, onRetry }: DetailsProps) {
  return (
    <>
      {problem !== undefined && (
        <div className={classes.notice}>
          <ProblemNotice
            problem={problem}
            tone="warn"
            actions={
              <Button variant="default" size="compact-xs" onClick={onRetry}>
                {t('workloads.drawer.retry')}
              </Button>
            }
          />
        </div>
      )}
      {value === undefined && problem === undefined && (
        <>
          <span className="hidden" role="status">
            {t('workloads.drawer.loading')}
          </span>
          <Skeleton lines={12} />
        </>
      )}
      {value != null && (
        <>
          {problem !== undefined && (
            <p className={classes.note}>
              <Rich message="workloads.drawer.asOf" values={{ at: <At key="at" at={value.readAt} /> }} />
            </p>
          )}
          {value.conditions.length > 0 && (
            <DrawerSection title={t('workloads.conditions.title')}>
              <ConditionList conditions={value.conditions} />
            </DrawerSection>
          )}
          {value.containers.length > 0 && (
            <DrawerSection title={t('workloads.containers.title')}>
              <ContainerList containers={value.containers} />
            </DrawerSection>
          )}
          <ObjectYaml details={value} />
        </>
      )}
    </>
  )
}

function Summary({ object, snapshot, onOpen }: Pick<ObjectDrawerProps, 'object' | 'snapshot' | 'onOpen'>) {
  const { reason, since, ready, total, restarts, node, image, owner, component, createdAt } = object
  const above = snapshot.objects.get(owner ?? '')
  const part = snapshot.components.find(({ id }) => id === component)
  const rows: (readonly [string, ReactNode] | undefined)[] = [
    reason === '' ? undefined : [t('workloads.fact.reason'), reason],
    since === undefined ? undefined : [t('workloads.fact.since'), <At key="since" at={since} />],
    part && [t('workloads.fact.component'), <Opens key="part" name={part.title} onOpen={() => onOpen(part.id)} />],
    above && [
      t('workloads.fact.owner'),
      <Opens key="owner" name={`${above.kind} ${above.name}`} onOpen={() => onOpen(above.uid)} />,
    ],
    total === undefined ? undefined : [t('workloads.fact.ready'), t('workloads.readyOf', { ready: ready ?? 0, total })],
    restarts === undefined ? undefined : [t('workloads.fact.restarts'), t('workloads.number', { count: restarts })],
    node === undefined ? undefined : [t('workloads.fact.node'), node],
    image === undefined
      ? undefined
      : [
          t('workloads.fact.image'),
          <span key="image" className="mono">
            {image}
          </span>,
        ],
    createdAt === undefined ? undefined : [t('workloads.fact.created'), <At key="created" at={createdAt} />],
  ]
  return <Facts rows={rows.filter((row) => row !== undefined)} />
}

const Opens = ({ name, onOpen }: { readonly name: string; readonly onOpen: () => void }) => (
  <button type="button" className={classes.opens} onClick={onOpen}>
    {name}
  </button>
)

const providers = ['release', 'flux', 'cluster', 'vendor'] as const

/** A provider that this version does not know is shown as it is. */
function providerName(name: string): string {
  const provider = providers.find((known) => known === name)
  return provider === undefined ? name : t(`workloads.provider.${provider}`)
}

/** Objects that a drawer lists; the tree lists all. */
const listedObjects = 8

interface ComponentDrawerProps {
  readonly component: ShownComponent
  readonly snapshot: ShownSnapshot
  readonly onOpen: (key: string) => void
  readonly onClose: () => void
}

export function ComponentDrawer({ component, snapshot, onOpen, onClose }: ComponentDrawerProps) {
  const { id, title, summary, health, reason, since, providedBy } = component
  const wrong = [...snapshot.objects.values()].filter((each) => each.component === id && each.health !== 'healthy')
  const rows: (readonly [string, ReactNode] | undefined)[] = [
    reason === '' ? undefined : [t('workloads.fact.reason'), reason],
    since === undefined ? undefined : [t('workloads.fact.since'), <At key="since" at={since} />],
    providedBy === '' ? undefined : [t('workloads.fact.providedBy'), providerName(providedBy)],
  ]
  const facts = rows.filter((row) => row !== undefined)
  return (
    <Drawer
      title={title}
      status={providedBy === '' ? undefined : <StatusPill appearance={healthStatus[health]} />}
      subtitle={summary}
      onClose={onClose}
    >
      {facts.length > 0 && (
        <DrawerSection title={t('workloads.drawer.summary')}>
          <Facts rows={facts} />
        </DrawerSection>
      )}
      {wrong.length > 0 && (
        <DrawerSection title={t('workloads.drawer.unhealthy')}>
          <ul className={classes.list}>
            {wrong.slice(0, listedObjects).map(({ uid, kind, name, reason: why }) => (
              <li key={uid}>
                <Opens name={`${kind} ${name}`} onOpen={() => onOpen(uid)} />
                <div className={classes.quiet}>{why}</div>
              </li>
            ))}
          </ul>
          {wrong.length > listedObjects && (
            <p className={classes.quiet}>{t('workloads.drawer.more', { count: wrong.length - listedObjects })}</p>
          )}
        </DrawerSection>
      )}
    </Drawer>
  )
}

interface EventsDrawerProps {
  readonly store: WorkloadsStore
  readonly onClose: () => void
}

/** The newest events of the whole plane. */
export function EventsDrawer({ store, onClose }: EventsDrawerProps) {
  useEffect(() => {
    void store.getState().loadEvents()
  }, [store])
  return (
    <Drawer title={t('workloads.events.ofPlane')} subtitle={t('workloads.events.about')} onClose={onClose}>
      <EventList store={store} object={undefined} />
    </Drawer>
  )
}

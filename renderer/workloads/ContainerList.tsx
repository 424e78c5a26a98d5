import type { ReactNode } from 'react'
import type { ContainerDetails } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { Facts } from '../ui/Panel.tsx'
import { healthStatus, Status, type StatusAppearance } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Drawer.module.css'

/** Each container with its state, how it ended last, and what it asks for. */
export const ContainerList = ({ containers }: { readonly containers: readonly ContainerDetails[] }) => (
  <ul className={classes.containers}>
    {containers.map((container) => (
      <li key={`${container.role} ${container.name}`}>
        <div className={classes.containerHead}>
          <h4 className={classes.containerName}>{container.name}</h4>
          {container.role !== 'main' && (
            <span className={classes.quiet}>{t(`workloads.containers.role.${container.role}`)}</span>
          )}
          <State container={container} />
        </div>
        <Facts rows={factsOf(container)} />
      </li>
    ))}
  </ul>
)

/** An init container that has ended is done; a main one is not. */
function appearanceOf({ state, role }: ContainerDetails): StatusAppearance | undefined {
  switch (state?.kind) {
    case undefined:
      return undefined
    case 'running':
      return state.ready || role === 'init' || role === 'debug'
        ? { ...healthStatus.healthy, label: t('workloads.containers.running') }
        : { ...healthStatus.progressing, label: t('workloads.containers.notReady') }
    case 'waiting':
      return {
        ...(/BackOff|Err|Invalid|Fail/.test(state.reason) ? healthStatus.degraded : healthStatus.progressing),
        label: t('workloads.containers.waiting', { reason: state.reason }),
      }
    case 'terminated':
      return {
        ...(state.exitCode === 0 ? healthStatus.healthy : healthStatus.degraded),
        label: endedText(state),
      }
  }
}

function State({ container }: { readonly container: ContainerDetails }) {
  const appearance = appearanceOf(container)
  return appearance === undefined ? null : <Status appearance={appearance} />
}

type Ended = NonNullable<ContainerDetails['last']>

/** "Exit code 137, OOMKilled (SIGKILL)" */
function endedText({ exitCode, reason, signal }: Ended): string {
  const isTold = reason !== '' && reason !== 'Error' && reason !== 'Completed'
  const text = isTold
    ? t('workloads.containers.exitReason', { code: exitCode, reason })
    : t('workloads.containers.exit', { code: exitCode })
  return signal === undefined ? text : t('workloads.containers.bySignal', { text, signal })
}

function factsOf({ image, state, restarts, last, requests, limits, probes }: ContainerDetails) {
  const amounts = (all: ContainerDetails['requests']) =>
    all.length === 0
      ? t('workloads.containers.none')
      : all.map(({ resource, amount }) => t('workloads.containers.amount', { resource, amount })).join(', ')
  const message = state?.kind === 'waiting' ? state.message : ''
  const rows: (readonly [string, ReactNode] | undefined)[] = [
    message === '' ? undefined : [t('workloads.fact.reason'), message],
    [
      t('workloads.fact.image'),
      <span key="image" className="mono">
        {image}
      </span>,
    ],
    state?.kind === 'running' && state.since !== undefined
      ? [t('workloads.containers.started'), <Ago key="since" at={state.since} />]
      : undefined,
    last && [
      t('workloads.containers.last'),
      <span key="last">
        {endedText(last)} {last.at !== undefined && <Ago at={last.at} />}
      </span>,
    ],
    restarts === undefined ? undefined : [t('workloads.fact.restarts'), t('workloads.number', { count: restarts })],
    [t('workloads.containers.requests'), amounts(requests)],
    [t('workloads.containers.limits'), amounts(limits)],
    ...probes.map(
      ({ kind, action, periodSeconds, timeoutSeconds, failures }) =>
        [
          t(`workloads.containers.probe.${kind}`),
          <span key={kind}>
            <span className="mono">{action}</span>{' '}
            <span className={classes.quiet}>
              {t('workloads.containers.probe.timing', { periodSeconds, timeoutSeconds, failures })}
            </span>
          </span>,
        ] as const,
    ),
  ]
  return rows.filter((row) => row !== undefined)
}

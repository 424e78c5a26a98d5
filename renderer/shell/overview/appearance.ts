import type { Icon } from '@tabler/icons-react'
import { causeLabel } from '../../connectivity/causeLabel.ts'
import { isKey, t } from '../../strings/t.ts'
import {
  IconAuthority,
  IconBroker,
  IconCloud,
  IconControlPlane,
  IconGit,
  IconLock,
  IconRegistry,
  IconRoute,
} from '../../ui/icons.ts'
import { checkingStatus, healthStatus, type StatusAppearance, verdictStatus, waitingStatus } from '../../ui/Status.tsx'
import type { EdgeState, MapComponent, MapEdge } from './graph.ts'

export const edgeAppearance = (state: EdgeState): StatusAppearance => {
  if (state === 'checking') return checkingStatus
  if (state === 'unchecked') return { ...waitingStatus, label: t('overview.map.state.unchecked') }
  return verdictStatus[state]
}

export const componentAppearance = ({ health }: Pick<MapComponent, 'health'>): StatusAppearance =>
  health === undefined ? { ...healthStatus.unknown, label: t('overview.map.health.unreported') } : healthStatus[health]

const icons: Readonly<Record<string, Icon>> = {
  wss: IconControlPlane,
  grpc: IconControlPlane,
  amqp1: IconBroker,
  amqp091: IconBroker,
  'amqp-ws': IconBroker,
  oci: IconRegistry,
  acme: IconAuthority,
  git: IconGit,
  arm: IconCloud,
  vault: IconLock,
  kubernetes: IconCloud,
}

/** What kind of system is at the other end, as far as its protocol shows. */
export const endIcon = ({ protocol, direction }: Pick<MapEdge, 'protocol' | 'direction'>): Icon =>
  direction === 'inbound' ? IconRoute : (icons[protocol] ?? IconRoute)

/** The name of a protocol as its documentation writes it. */
export function protocolName(protocol: string): string {
  const key = `overview.protocol.${protocol}` as const
  return isKey(key) ? t(key) : protocol
}

export const endTitle = ({ title, endpoints }: MapEdge): string =>
  title === '' ? t('overview.map.endpoints', { count: endpoints.length }) : title

/** "Fail: connection timeout". */
export const edgeText = ({ state, cause }: Pick<MapEdge, 'state' | 'cause'>): string => {
  const { label } = edgeAppearance(state)
  return cause === '' || state === 'checking'
    ? label
    : t('overview.map.why', { verdict: label, cause: causeLabel(cause) })
}

/** In the box of the map, beside the icon of the verdict: its cause alone, which would be cut after the word of the verdict. */
export const endText = ({ state, cause }: Pick<MapEdge, 'state' | 'cause'>): string =>
  cause === '' || state === 'checking' ? edgeText({ state, cause }) : causeLabel(cause)

import type { EndpointRow, StageResult } from '../../preload/contract/connectivity.ts'
import { t } from '../strings/t.ts'

export const stageTitles: Readonly<Record<StageResult['stage'], string>> = {
  config: 'Configuration',
  dns: 'DNS',
  tcp: 'TCP',
  proxy: 'Proxy',
  tls: 'TLS',
  identity: 'Identity',
  auth: 'Authentication',
}

export const scopes: Readonly<Record<string, string>> = {
  external: 'on the internet',
  vpc: 'in the private network',
  cluster: 'in the cluster',
}

export const inspections: Readonly<Record<string, string>> = {
  never: 'TLS must not be inspected',
  'with-ca': 'TLS may be inspected where the authority is trusted',
}

export function destination({ host, port, protocol }: EndpointRow): string {
  return host === '' ? 'not configured' : `${host}:${port} ${protocol}`
}

/** Seconds for which persistent connections can be held open. */
const offeredHoldSeconds: readonly number[] = [0, 60, 300, 600]

/** Minutes between two runs of a watch. */
const offeredWatchMinutes: readonly number[] = [1, 5, 15, 60, 360, 1_440]

export const holdOptions = (current: number) =>
  optionsOf(offeredHoldSeconds, current, (seconds) => t('connectivity.watch.holdFor', { seconds }))

export const watchOptions = (current: number) =>
  optionsOf(offeredWatchMinutes, current, (minutes) => t('connectivity.watch.every', { minutes }))

/** Options of a select. A value that was set in the terminal and is not offered here is added. */
function optionsOf(values: readonly number[], current: number, label: (value: number) => string) {
  const all = values.includes(current) ? values : [...values, current]
  return all.map((value) => ({ value: String(value), label: label(value) }))
}

import type { EndpointRow, StageResult } from '../../preload/contract/connectivity.ts'

export const stageTitles: Readonly<Record<StageResult['stage'], string>> = {
  config: 'Configuration',
  dns: 'Name',
  tcp: 'TCP',
  proxy: 'Proxy',
  tls: 'TLS',
  identity: 'Identity',
  auth: 'Sign-in',
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

/** The stage that decided: the first that failed, else the first of which nothing is known, else of a warning. */
export const decidingStage = (stages: readonly StageResult[]): StageResult | undefined =>
  stages.find(({ verdict }) => verdict === 'fail') ??
  stages.find(({ verdict }) => verdict === 'unknown') ??
  stages.find(({ verdict }) => verdict === 'warn')

/** For how long lasting connections may be held open, as a person picks it. */
export const holds: readonly { readonly value: string; readonly label: string }[] = [
  { value: '0', label: 'No' },
  { value: '60', label: '1 minute' },
  { value: '300', label: '5 minutes' },
  { value: '600', label: '10 minutes' },
]

/** How often a watch may look, as a person picks it. */
export const intervals: readonly { readonly value: string; readonly label: string }[] = [
  { value: '1', label: 'Every minute' },
  { value: '5', label: 'Every 5 minutes' },
  { value: '15', label: 'Every 15 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '360', label: 'Every 6 hours' },
  { value: '1440', label: 'Once a day' },
]

export const everyWords = (minutes: number): string =>
  intervals.find(({ value }) => value === String(minutes))?.label ?? `Every ${minutes} minutes`

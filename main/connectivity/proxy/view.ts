import type { ProxyRuntime, ProxyView } from '../../../preload/contract/connectivity.ts'
import { withoutUserInfo } from '../../lib/rules/redaction.ts'
import { type AdvisedRow, adviceFor } from './advice.ts'
import type { ClusterAddresses } from './cluster-addresses.ts'
import { firstSet, type Reading } from './runtimes/destination.ts'
import { runtimes } from './runtimes/runtimes.ts'
import type { ProxySettings } from './sources.ts'

/** The fields of an endpoint that proxy settings depend on. */
export interface ProxiedRow extends AdvisedRow {
  readonly id: string
  readonly tls: boolean
  readonly protocol: string
}

const order: readonly ProxyRuntime[] = ['go', 'java', 'node', 'curl']

/** How each kind of program interprets the settings for each endpoint, and advice about them. Pure. */
export function proxyView(
  { source, variables }: ProxySettings,
  rows: readonly ProxiedRow[],
  cluster: ClusterAddresses | undefined,
): ProxyView {
  const shown = (...names: readonly string[]): string => withoutUserInfo(firstSet(variables, names)?.value ?? '')
  const known = rows.filter(({ host }) => host !== '')
  return {
    source,
    httpsProxy: shown('HTTPS_PROXY', 'https_proxy'),
    httpProxy: shown('HTTP_PROXY', 'http_proxy'),
    noProxy: firstSet(variables, ['NO_PROXY', 'no_proxy'])?.value ?? '',
    rows: known.map((row) => {
      const readings = Object.fromEntries(order.map((name) => [name, read(name, row, variables)])) as Record<
        ProxyRuntime,
        Reading
      > // `order` lists every runtime
      return {
        endpoint: row.id,
        usesProxySettings: row.usesProxySettings,
        runtimes: readings,
        differs: new Set(order.map((name) => readings[name].through === '')).size > 1,
      }
    }),
    advice: source === '' ? [] : [...adviceFor(variables, known, cluster), ...pacAdvice(source, variables)],
  }
}

function read(name: ProxyRuntime, { host, port, tls }: ProxiedRow, variables: ProxySettings['variables']): Reading {
  const { through, why } = runtimes[name]({ host, port, tls }, variables)
  return { through: withoutUserInfo(through), why }
}

/** Only desktop programs read a PAC file: the variables that have the same effect in a pod. */
function pacAdvice(source: string, variables: ProxySettings['variables']): ProxyView['advice'] {
  const proxy = variables.HTTPS_PROXY ?? ''
  if (!source.includes('PAC') || proxy === '') return []
  const block = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map((name) => `${name}=${proxy}`).join(' ')
  return [
    {
      entry: block,
      message: 'is equivalent to the PAC file. Pods do not read PAC files: set these variables in them.',
    },
  ]
}

import { parsePac } from '../probe/proxy/pac.ts'
import type { Variables } from './runtimes/destination.ts'

/** Proxy settings that are in force, as variables of an environment. */
export interface ProxySettings {
  /** In words; empty when there are none. */
  readonly source: string
  readonly variables: Variables
}

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const
const exceptions = ['NO_PROXY', 'no_proxy'] as const

export const hasProxy = (env: Variables): boolean => names.some((name) => (env[name] ?? '').trim() !== '')

/** What was asked for comes before the environment, and the environment before what the system says. */
export function settingsOf(explicit: string | undefined, env: Variables, pac: string | undefined): ProxySettings {
  const kept = Object.fromEntries(exceptions.map((name) => [name, env[name]]))
  if (explicit !== undefined) {
    const variables = {
      ...kept,
      HTTPS_PROXY: explicit,
      https_proxy: explicit,
      HTTP_PROXY: explicit,
      http_proxy: explicit,
    }
    return explicit.trim() === '' ? { source: '', variables: kept } : { source: '--proxy', variables }
  }
  if (hasProxy(env))
    return {
      source: 'the environment of this computer',
      variables: { ...kept, ...Object.fromEntries(names.map((name) => [name, env[name]])) },
    }
  const url = pac === undefined ? undefined : parsePac(pac).find(({ url }) => url !== '')?.url
  return url === undefined
    ? { source: '', variables: kept }
    : {
        source: 'the PAC file or the system settings of this computer',
        variables: { ...kept, HTTPS_PROXY: url, https_proxy: url, HTTP_PROXY: url, http_proxy: url },
      }
}

import { parsePac } from '../probe/proxy/pac.ts'
import type { Variables } from './runtimes/destination.ts'

/** Proxy settings that are in force, as variables of an environment. */
export interface ProxySettings {
  /** For display; empty if there are no settings. */
  readonly source: string
  readonly variables: Variables
}

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const
const noProxyNames = ['NO_PROXY', 'no_proxy'] as const

export const hasProxy = (env: Variables): boolean => names.some((name) => (env[name] ?? '').trim() !== '')

/** An explicit proxy takes precedence over the environment, and the environment over the system's PAC result. */
export function settingsOf(explicit: string | undefined, env: Variables, pac: string | undefined): ProxySettings {
  const noProxyVariables = Object.fromEntries(noProxyNames.map((name) => [name, env[name]]))
  if (explicit !== undefined) {
    const variables = {
      ...noProxyVariables,
      HTTPS_PROXY: explicit,
      https_proxy: explicit,
      HTTP_PROXY: explicit,
      http_proxy: explicit,
    }
    return explicit.trim() === '' ? { source: '', variables: noProxyVariables } : { source: '--proxy', variables }
  }
  if (hasProxy(env))
    return {
      source: 'the environment of this computer',
      variables: { ...noProxyVariables, ...Object.fromEntries(names.map((name) => [name, env[name]])) },
    }
  const url = pac === undefined ? undefined : parsePac(pac).find(({ url }) => url !== '')?.url
  return url === undefined
    ? { source: '', variables: noProxyVariables }
    : {
        source: 'the PAC file or the system settings of this computer',
        variables: { ...noProxyVariables, HTTPS_PROXY: url, https_proxy: url, HTTP_PROXY: url, http_proxy: url },
      }
}

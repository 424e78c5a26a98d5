import { type CheckOutcome, skipped, summary } from '../check.ts'
import type { ServiceEndpoint } from '../facts/service-endpoint.ts'

/** How services of the clouds are signed in to, by their host. The preflight has no kind of credential for these yet. */
const cloudLogins: readonly (readonly [RegExp, string])[] = [
  [/\.vault\.azure\.net$/, 'a Microsoft Entra identity'],
  [/\.azurecr\.io$/, 'a Microsoft Entra identity'],
  [/\.blob\.core\.windows\.net$/, 'a Microsoft Entra identity'],
  [/\.amazonaws\.com$/, 'an AWS identity'],
  [/(\.googleapis\.com|\.pkg\.dev|(^|\.)gcr\.io)$/, 'a Google Cloud identity'],
]

const namedInMessage = 2

/**
 * Pure: access to a service of the plane, as far as it is known before the install. Whether it answers and accepts a stored
 * credential is the question of the connectivity check.
 */
export function serviceAccess(what: string, endpoints: readonly ServiceEndpoint[]): CheckOutcome {
  if (endpoints.length === 0) return skipped(`The profile names no ${what}.`)
  const lines = endpoints.map((endpoint) => `${endpoint.id}: ${reasonOf(endpoint)}`)
  return {
    verdict: 'unknown',
    message: `Access to the ${what} is not checked before the install: ${summary(lines, namedInMessage)}.`,
    hint: 'The connectivity check shows whether it answers, and signs in with a stored credential. For another identity, ask the team that runs the service.',
    evidence: lines.length <= namedInMessage ? '' : lines.join('\n'),
  }
}

function reasonOf({ host, credential, stored }: ServiceEndpoint): string {
  if (host === '') return 'its host is not set'
  if (credential !== undefined)
    return stored ? `the credential "${credential}" is stored` : `the credential "${credential}" is not stored`
  const login = cloudLogins.find(([pattern]) => pattern.test(host))?.[1]
  return login === undefined
    ? `the profile names no credential for ${host}`
    : `${host} needs ${login}, and there is no kind of credential for it yet`
}

/** A profile has no mark for it, so its names decide. */
export const isLogStorage = ({ protocol, component, id, title = '' }: ServiceEndpoint): boolean =>
  protocol === 'https' &&
  /(^|[^a-z])(logs?|loki|opensearch|elasticsearch)([^a-z]|$)/i.test(`${component} ${id} ${title}`)

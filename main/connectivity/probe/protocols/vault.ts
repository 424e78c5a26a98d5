import type { HttpResponse } from '../facts.ts'
import { challengesOf } from './challenges.ts'
import { challenge, getPage, hasKeys, jsonBody, statusLine, unexpectedResponse } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A secret store: HashiCorp Vault or OpenBao (sys/health), Azure Key Vault (its challenge), AWS and Google (their errors). */
export const vault: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? pathFor(ready.target.host), signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const json = jsonBody(response)
    if (hasKeys(json, ['initialized', 'sealed'])) return health(statusLine(response), json)
    // Azure Key Vault names its token server and itself.
    const isKeyVault = challengesOf(response).some(
      ({ scheme, parameters }) =>
        scheme === 'bearer' &&
        (parameters.has('authorization') || parameters.has('authorization_uri')) &&
        (parameters.has('resource') || parameters.has('scope')),
    )
    if (response.status === 401 && isKeyVault) return credentialsRequired(`401, ${challenge(response)}`)
    if (isAwsError(response, json)) return credentialsRequired(`${statusLine(response)} from AWS`)
    if (
      [401, 403].includes(response.status) &&
      hasKeys(json, ['error']) &&
      /"status"\s*:\s*"(?:UNAUTHENTICATED|PERMISSION_DENIED)"/.test(response.body)
    ) {
      return credentialsRequired(`${statusLine(response)} from Google`)
    }
    // Vault responds with a list of errors where a path needs a token or a namespace hides it.
    if (
      [400, 403, 404].includes(response.status) &&
      hasKeys(json, ['errors']) &&
      /permission denied|missing client token|unsupported path|no handler for route/i.test(response.body)
    )
      return credentialsRequired(statusLine(response))
    return unexpectedResponse(response, target, 'a secret store')
  },
}

/** https://developer.hashicorp.com/vault/api-docs/system/health: standby nodes respond with 429, 472 and 473, and still serve. */
function health(status: string, json: unknown): ReturnType<ProtocolClient['recognise']> {
  const { sealed, initialized } = { sealed: false, initialized: true, ...Object(json) } as {
    sealed: unknown
    initialized: unknown
  } // the caller checked the keys
  if (initialized === false) return fault('identity.unavailable', `${status}: the vault is not initialised`)
  if (sealed === true) return fault('identity.unavailable', `${status}: the vault is sealed`)
  return recognised(`${status}: an unsealed vault`)
}

/** An error in the format of AWS: any web application behind its gateways has the request header too. */
function isAwsError(response: HttpResponse, json: unknown): boolean {
  if (![400, 403, 404].includes(response.status) || response.headers['x-amzn-requestid'] === undefined) return false
  return hasKeys(json, ['__type']) || /<(?:UnknownOperation|AccessDenied)Exception\b/.test(response.body)
}

const pathFor = (host: string): string =>
  /\.vault\.(?:azure|usgovcloudapi|azure\.cn)/i.test(`${host}.`) ? '/secrets?api-version=7.4' : '/v1/sys/health'

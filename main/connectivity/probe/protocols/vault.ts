import type { HttpResponse } from '../facts.ts'
import { challenge, getPage, hasKeys, jsonBody, statusLine, unexpectedResponse } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A secret store: HashiCorp Vault or OpenBao (sys/health), Azure Key Vault (its challenge), AWS and Google (their errors). */
export const vault: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (conversation, signal) =>
    getPage(conversation, conversation.target.path ?? pathFor(conversation.target.host), signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const json = jsonBody(response)
    if (hasKeys(json, ['initialized', 'sealed'])) return health(statusLine(response), json)
    const asks = challenge(response)
    // Azure Key Vault names both its token server and itself.
    if (response.status === 401 && /^bearer\b.*authorization(?:_uri)?=.*resource=/i.test(asks))
      return credentialsRequired(`401, ${asks}`)
    if (isAwsError(response, json)) return credentialsRequired(`${statusLine(response)} from AWS`)
    if (
      [401, 403].includes(response.status) &&
      hasKeys(json, ['error']) &&
      /"status"\s*:\s*"(?:UNAUTHENTICATED|PERMISSION_DENIED)"/.test(response.body)
    ) {
      return credentialsRequired(`${statusLine(response)} from Google`)
    }
    // Vault answers a path that needs a token, or one that a namespace hides, with a bare list of errors.
    if (
      [400, 403].includes(response.status) &&
      hasKeys(json, ['errors']) &&
      /permission denied|missing client token/i.test(response.body)
    )
      return credentialsRequired(statusLine(response))
    return unexpectedResponse(response, target, 'a secret store')
  },
}

/** https://developer.hashicorp.com/vault/api-docs/system/health: standby answers 429, 472 and 473, and still serves. */
function health(status: string, json: unknown): ReturnType<ProtocolClient['recognise']> {
  const { sealed, initialized } = { sealed: false, initialized: true, ...Object(json) } as {
    sealed: unknown
    initialized: unknown
  } // the keys were looked for
  if (initialized === false) return fault('identity.unavailable', `${status}: the vault is not initialised`)
  if (sealed === true) return fault('identity.unavailable', `${status}: the vault is sealed`)
  return recognised(`${status}: a vault, unsealed`)
}

/** An error of AWS in its own words: any web application behind its gateways carries the header of the request as well. */
function isAwsError(response: HttpResponse, json: unknown): boolean {
  if (![400, 403, 404].includes(response.status) || response.headers['x-amzn-requestid'] === undefined) return false
  return hasKeys(json, ['__type']) || /<(?:UnknownOperation|AccessDenied)Exception\b/.test(response.body)
}

const pathFor = (host: string): string =>
  /\.vault\.(?:azure|usgovcloudapi|azure\.cn)/i.test(`${host}.`) ? '/secrets?api-version=7.4' : '/v1/sys/health'

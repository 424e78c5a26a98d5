import type { HttpResponse } from '../facts.ts'
import { getPage, hasKeys, jsonBody, unexpectedResponse } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A Kubernetes API server: its version, or a Status with 401 or 403. */
export const kubernetes: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? '/version', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const json = jsonBody(response)
    if (response.status === 200 && hasKeys(json, ['major', 'minor', 'gitVersion']))
      return recognised('the version of an API server')
    if (
      [401, 403].includes(response.status) &&
      hasKeys(json, ['kind', 'apiVersion', 'status']) &&
      /"kind"\s*:\s*"Status"/.test(response.body)
    ) {
      return credentialsRequired(`${response.status}, a Status of the API server`)
    }
    // An authenticating proxy before it, or an old version, answers in plain text. Only API servers audit requests so.
    if (response.status === 401 && response.headers['audit-id'] !== undefined)
      return credentialsRequired('401 of an API server, by its Audit-Id')
    if (isRancherError(response, json))
      return credentialsRequired(`${response.status} of Rancher, which serves the API server`)
    return unexpectedResponse(response, target, 'an API server')
  },
}

/** Rancher answers for the API servers behind it, in the error format of its own API (norman). */
function isRancherError({ status, body }: HttpResponse, json: unknown): boolean {
  if (![401, 403].includes(status) || !hasKeys(json, ['type', 'status', 'message'])) return false
  return (
    /"type"\s*:\s*"error"/.test(body) &&
    /"message"\s*:\s*"(?:must authenticate|unauthorized|forbidden|clusterunavailable)\b/i.test(body)
  )
}

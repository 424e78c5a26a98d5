import { wrongPage } from '../web-pages.ts'
import { expectation, getPage, sharedFault, statusLine } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** Any HTTPS service: the certificate proves the name, so any response passes that is no other page. */
export const https: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? '/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const expected = expectation(response, target)
    if (expected.state === 'met') return recognised(`${statusLine(response)}, as the endpoint expects`)
    // Of a host that serves files or tokens only the name is known, and the certificate proves it: any page passes.
    if (target.anyResponse === true && target.tls && response.status < 500 && wrongPage(response)?.certain !== true)
      return response.status === 407
        ? fault('proxy.auth', 'a device on the path responds with 407')
        : recognised(`${statusLine(response)}: reachable`)
    const shared = sharedFault(response, target)
    if (shared !== undefined) return shared
    if (!target.tls)
      return {
        kind: 'recognised',
        cause: 'identity.unproven',
        message: `${statusLine(response)} without TLS and without an "expect" that proves the server`,
      }
    if (response.status === 401 || response.status === 403) return credentialsRequired(statusLine(response))
    return recognised(statusLine(response))
  },
}

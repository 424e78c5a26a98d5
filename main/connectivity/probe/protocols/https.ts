import { wrongPage } from '../web-pages.ts'
import { expectation, getPage, sharedFault, statusLine } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** Any HTTPS service: TLS vouches for the name, so any answer that is no page of someone else's will do. */
export const https: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const expected = expectation(response, target)
    if (expected.state === 'met') return recognised(`${statusLine(response)}, as the row expects`)
    // Of a host that serves files or tokens nothing is known but its name, and TLS vouches for that: a page will do.
    if (target.anyResponse === true && target.tls && response.status < 500 && wrongPage(response)?.certain !== true)
      return response.status === 407
        ? fault('proxy.auth', 'something on the way answers 407')
        : recognised(`${statusLine(response)}: it is reached`)
    const other = sharedFault(response, target)
    if (other !== undefined) return other
    if (!target.tls)
      return {
        kind: 'recognised',
        cause: 'identity.unproven',
        message: `${statusLine(response)} without TLS, and no expectation to hold it to`,
      }
    if (response.status === 401 || response.status === 403) return credentialsRequired(statusLine(response))
    return recognised(statusLine(response))
  },
}

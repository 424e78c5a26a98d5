import { wrongPage } from '../web-pages.ts'
import { expectation, getPage, sharedFault, statusLine } from './http.ts'
import { asksForCredentials, fault, type ProtocolClient, recognised } from './protocol.ts'

/** Any HTTPS service: TLS vouches for the name, so any answer that is no page of someone else's will do. */
export const https: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  ask: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { answer } = facts
    const expected = expectation(answer, target)
    if (expected.state === 'met') return recognised(`${statusLine(answer)}, as the row expects`)
    // Of a host that serves files or tokens nothing is known but its name, and TLS vouches for that: a page will do.
    if (target.anyAnswer === true && target.tls && answer.status < 500 && wrongPage(answer)?.certain !== true)
      return answer.status === 407
        ? fault('proxy.auth', 'something on the way answers 407')
        : recognised(`${statusLine(answer)}: it is reached`)
    const other = sharedFault(answer, target)
    if (other !== undefined) return other
    if (!target.tls)
      return {
        kind: 'recognised',
        cause: 'identity.unproven',
        says: `${statusLine(answer)} without TLS, and no expectation to hold it to`,
      }
    if (answer.status === 401 || answer.status === 403) return asksForCredentials(statusLine(answer))
    return recognised(statusLine(answer))
  },
}

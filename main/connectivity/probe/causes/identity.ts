import { type CauseEntry, check } from './entry.ts'

/** Which service responds. */
export const identityCauses = {
  'identity.protocol': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'A service other than the expected one responds.',
    distinguishedBy:
      'The response is not the expected one, and is no block page, captive portal or redirect. The evidence describes it.',
    hint: 'Check host, port, path and protocol of the endpoint. If they are right, ask the service owner what runs at this address, with the evidence.',
  },
  'identity.silent': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning: 'The connection is established, and the server sends nothing or closes it when the protocol begins.',
    distinguishedBy: 'No data came at all. Unexpected data is identity.protocol, a reset is tcp.reset.',
    hint: 'Check that this port uses the protocol of the endpoint. If it does, ask the service owner why the service accepts connections and does not respond. A transparent proxy behaves the same: ask the network team whether there is one.',
  },
  'identity.dialect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'An AMQP broker is reached that uses another version of AMQP.',
    distinguishedBy: 'It answers with the protocol header of its own version, which the evidence names.',
    hint: 'If the component supports the version in the evidence, set the protocol of the endpoint to it. If not, ask the service owner for the host of the right broker.',
  },
  'identity.block-page': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the proxy team',
    meaning: 'A web page answers in place of the service: the block page of a web filter, or another site.',
    distinguishedBy:
      'HTML, or the text or headers of a web filter, where the service would send something else. A page that asks to sign in to the network is identity.captive-portal.',
    hint: 'Ask the team of the web filter in the evidence (the proxy team) to allow this host. If the endpoint is meant to be a web page, give it an "expect" with text from that page.',
  },
  'identity.captive-portal': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The network requires a sign-in first (hotel, guest Wi-Fi, network access control).',
    distinguishedBy: 'Status 511, a WISPr response, or a redirect or page about signing in to the network.',
    hint: 'Open a browser, sign in to the network, and check again. A cluster must not depend on such a network.',
  },
  'identity.websocket': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the proxy team',
    meaning: 'HTTP works, and the WebSocket upgrade does not: it was ignored, removed, or accepted with a wrong key.',
    distinguishedBy:
      'The response is HTTP, is no page of a web filter, and is neither 101 with the right key nor the refusal of a WebSocket server.',
    hint: 'Check the path. If it is right, ask the proxy team to allow WebSocket for this host: a proxy or load balancer on the path removes the "Upgrade" header.',
  },
  'identity.http2': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the network team',
    meaning: 'The server, or a device before it, does not support HTTP/2, which this endpoint requires.',
    distinguishedBy: 'TLS works, and h2 was not negotiated (ALPN), or HTTP/2 failed after it was.',
    hint: 'Ask the network team to let h2 through, or to exempt this host. The usual reason is a device that terminates TLS and supports HTTP/1.1 only.',
  },
  'identity.redirect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The response redirects to another host.',
    distinguishedBy:
      'Redirects within the same host are followed. A redirect to a companion host of the endpoint is expected.',
    hint: 'If the host in the evidence is right, add it to the endpoint as a companion and allow it too. If not, ask the proxy team: a web filter or sign-in page intercepts the request.',
  },
  'identity.unavailable': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The service, or the load balancer before it, reports that it does not work now (500, 502, 503, 504, or a sealed vault).',
    distinguishedBy: 'The response has such a status and is no block page.',
    hint: 'Send the status in the evidence to the service owner. The network needs no change.',
  },
  'identity.throttled': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'none',
    meaning: 'The service reports too many requests from this address.',
    distinguishedBy: 'Status 429, and no block page.',
    hint: 'Check again later. If it persists, many machines share one address: use credentials or a mirror, or ask the service owner for a higher limit.',
  },
  'identity.unproven': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'you',
    meaning: 'A response came, and nothing proves which server sent it.',
    distinguishedBy: 'The connection has no TLS certificate, and the endpoint has no "expect".',
    hint: 'Give the endpoint an "expect" with a header or text that only the right service sends.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>

import { type CauseEntry, check } from './entry.ts'

/** Who answers. */
export const identityCauses = {
  'identity.protocol': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'Something else than the expected speaker answers.',
    toldApart:
      'What came is none of: the expected answer, a block page, a portal, a redirect. The evidence says what it looks like.',
    hint: 'Check host, port, path and protocol of the row. If they are right, call whoever runs the far end with the evidence: what is behind this address?',
  },
  'identity.silent': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'far end',
    meaning: 'The connection stands, and the far end says nothing, or hangs up, when it is asked who it is.',
    toldApart: 'Nothing came at all; wrong bytes are identity.protocol, a reset is tcp.reset.',
    hint: 'Check that the row’s protocol is the one spoken on this port. If it is, call whoever runs the far end: it takes connections and does not answer; a transparent proxy does so too, which the network team knows of.',
  },
  'identity.dialect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'An AMQP speaker is there, of another dialect.',
    toldApart: 'It answers with the header of its own dialect, which the evidence names.',
    hint: 'Set the protocol of the row to the dialect in the evidence if the component speaks it; if not, ask whoever runs the far end for the host of the broker that is meant.',
  },
  'identity.block-page': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'proxy team',
    meaning: 'A web page for people answers in place of the service: a filter’s block page, or some other site.',
    toldApart:
      'HTML, or the words or headers of a filter, where the service would say something else. A page that asks to sign in to the network is identity.captive-portal.',
    hint: 'Call the team of the web filter in the evidence (proxy team) to allow this host. If the row is meant to be a web page, give it an "expect" with a text that is on it.',
  },
  'identity.captive-portal': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The network wants someone to sign in first (hotel, guest Wi-Fi, network access control).',
    toldApart: 'Status 511, a WISPr answer, or a redirect or page that speaks of signing in to the network.',
    hint: 'Open a browser, sign in to the network, and check again; a cluster must not stand behind such a portal.',
  },
  'identity.websocket': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'proxy team',
    meaning:
      'HTTP works and the upgrade to WebSocket does not: it was ignored, stripped, or accepted with a wrong key.',
    toldApart:
      'The answer is HTTP, is no page of a filter, and is neither 101 with the right key nor the refusal of a WebSocket server.',
    hint: 'Check the path. If it is right, call the proxy team: a proxy or load balancer on the way does not pass "Upgrade", and WebSocket is to be allowed for this host.',
  },
  'identity.http2': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'network team',
    meaning: 'The far end, or something before it, does not speak HTTP/2, which this row needs.',
    toldApart: 'TLS works, and h2 was not agreed (ALPN), or HTTP/2 broke down after it was.',
    hint: 'Call the network team: a device that ends TLS and speaks HTTP/1.1 alone is the usual reason; it is to pass h2 or to leave this host alone.',
  },
  'identity.redirect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The answer sends to another host.',
    toldApart: 'A redirect to the same host is followed; one to a host that the row names as companion is expected.',
    hint: 'If the target in the evidence is right, add it to the row as a companion (it must be allowed too); if not, call the proxy team: a filter or sign-in stands in between.',
  },
  'identity.unavailable': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'far end',
    meaning:
      'The far end, or the balancer before it, says that the service does not work now (500, 502, 503, 504, a sealed vault).',
    toldApart: 'The answer is no block page and carries such a status.',
    hint: 'Call whoever runs the far end with the status in the evidence; nothing on the way has to be changed.',
  },
  'identity.throttled': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'nobody',
    meaning: 'The far end answers that too many requests come from here.',
    toldApart: 'Status 429, and no block page.',
    hint: 'Check again later. If it stays, many machines share one address: use credentials or a mirror, or ask whoever runs the far end for a higher limit.',
  },
  'identity.unproven': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'An answer came, and nothing in it or around it proves who gave it.',
    toldApart: 'No TLS vouches for the name, and the row does not say what to expect.',
    hint: 'Give the row an "expect" with a header or text that only the right service sends.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>

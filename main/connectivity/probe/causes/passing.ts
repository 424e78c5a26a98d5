import { type CauseEntry, check } from './entry.ts'

/** Credentials, clocks, and what shows only in time. */
export const passingCauses = {
  'auth.required': {
    ...check,
    verdict: 'pass',
    stage: 'identity',
    fixedBy: 'nobody',
    meaning: 'The expected speaker is there and asks for credentials, in its own manner. They were not tested.',
    toldApart: 'The challenge is of the expected kind: a bare 401 of something else is identity.protocol.',
    hint: 'The way is open. To have a credential tried too, name it in the row’s client profile (credential); the component’s own is tested by the component itself.',
  },
  'auth.rejected': {
    ...check,
    verdict: 'fail',
    stage: 'auth',
    fixedBy: 'you',
    meaning: 'The expected speaker is there and does not accept the credentials that were given.',
    toldApart:
      'A client certificate was presented over TLS and the answer is still 401 or 403, or the credential that the row names was shown to the proven speaker and refused in its own manner. A refusal within TLS is tls.client-cert.',
    hint: 'Check that the credential in the vault is the one registered at the far end; ask whoever runs the far end whether it has expired or was revoked.',
  },
  'clock.skew': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning:
      'The clocks here and at the far end differ by more than tokens allow (5 minutes), or so much that a good certificate seems out of date.',
    toldApart:
      'The Date of the answer, less the time it took, differs from ours; by that clock the certificate is in date.',
    hint: 'If several rows say so, set the clock of the vantage (NTP); if this one alone, tell whoever runs the far end.',
  },
  'clock.drift': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The clocks here and at the far end differ by more than a minute.',
    toldApart: 'As clock.skew, between 1 and 5 minutes.',
    hint: 'If several rows say so, check the time service (NTP) of the vantage before it grows; if this one alone, tell whoever runs the far end.',
  },
  flaky: {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'The first connection was cut, and the second passed.',
    toldApart: 'Tried once more only after a reset or a refusal; the evidence says what the first saw.',
    hint: 'Check again a few times. If it stays, ask whoever runs the far end for a balancer with a broken backend, then the network team for a firewall that runs out of connections.',
  },
  'idle.cut': {
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'network team',
    foundBy: 'deep',
    meaning:
      'A connection on which nothing is said is cut after a while by something on the way: a firewall or balancer that forgets idle connections.',
    toldApart:
      'Found only by holding a connection open. It ended by a reset, or without a goodbye of the far end, or was dead when it was spoken to again while a fresh one answers. A far end that leaves by itself (a close frame, GOAWAY, an end of TLS in order, or a server that waits for a login) is not this.',
    hint: 'Ask the network team for the idle time-out of the firewalls and balancers between source and destination, and for one well above the seconds in the evidence; until then set the keep-alive of the component (ping, heartbeat or TCP keep-alive) to less than half of them.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>

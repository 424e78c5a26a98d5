import { type CauseEntry, check } from './entry.ts'

/** Credentials, clocks, and faults that appear only over time. */
export const passingCauses = {
  'auth.required': {
    ...check,
    verdict: 'pass',
    stage: 'identity',
    owner: 'none',
    meaning: 'The expected service is reached and requires credentials. None were tested.',
    distinguishedBy:
      'The challenge is the one that this service sends. A bare 401 of something else is identity.protocol.',
    hint: 'Nothing to do: the endpoint is reachable. To test a credential too, name it in the endpoint’s client profile (credential).',
  },
  'auth.rejected': {
    ...check,
    verdict: 'fail',
    stage: 'auth',
    owner: 'you',
    meaning: 'The expected service is reached and rejects the credentials.',
    distinguishedBy:
      'A client certificate was presented and the response is 401 or 403, or the verified service rejected the credential of the endpoint. A rejection within TLS is tls.client-cert.',
    hint: 'Check that the credential in the vault is the one that the service has registered. Ask the service owner whether it has expired or was revoked.',
  },
  'auth.clear-text': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The expected service is reached over TLS, and directs clients to send their credentials to an address without TLS.',
    distinguishedBy:
      'The challenge of the service names a token server or sign-in page with http://. Whether that place is reachable is checked too.',
    hint: 'Ask the service owner to name the address with https:// (for Harbor: external_url; for distribution: auth.token.realm). Until then, everybody on the path can read the credentials of the component.',
  },
  'auth.client-cert': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The service requires a client certificate, and reports that by an HTTP response instead of in TLS.',
    distinguishedBy:
      'TLS works without a client certificate, and the response (400, 403, 495, 496) asks for one. A server that ends TLS without one is tls.client-cert; one that rejects the given certificate is auth.rejected.',
    hint: 'Store the client certificate of the component and name it in the endpoint’s client profile (clientCertificate). If the component has none, ask the service owner for one.',
  },
  'clock.skew': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning:
      'The clocks of this vantage and the server differ by more than the 5 minutes that tokens allow, or so much that a valid certificate seems out of date.',
    distinguishedBy:
      'The Date header of the response, corrected for the time it took, differs from this clock. By the server’s clock, the certificate is in date.',
    hint: 'If several endpoints report this, set the clock of the vantage (NTP). If only this one does, report it to the service owner.',
  },
  'clock.drift': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'you',
    meaning: 'The clocks of this vantage and the server differ by more than a minute.',
    distinguishedBy: 'As clock.skew, with a difference between 1 and 5 minutes.',
    hint: 'If several endpoints report this, check time synchronisation (NTP) of the vantage. If only this one does, report it to the service owner.',
  },
  flaky: {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    owner: 'the network team',
    meaning: 'The first connection failed, and the second succeeded.',
    distinguishedBy:
      'A connection is retried once, and only after a reset or a refusal. The evidence has the first failure.',
    hint: 'Check again a few times. If it persists, ask the service owner for a load balancer with a broken backend, then the network team for a firewall whose connection table is full.',
  },
  'idle.cut': {
    verdict: 'fail',
    stage: 'identity',
    owner: 'the network team',
    foundBy: 'deep',
    meaning:
      'An idle connection is dropped after a while by a firewall or load balancer on the network path that forgets idle connections.',
    distinguishedBy:
      'Detected only by holding a connection open. After 5 seconds or more without data it was reset, closed without the server’s own shutdown, or no longer answered while a new connection did. A server that ends the connection itself (close frame, GOAWAY, TLS close_notify, login timeout) is not reported.',
    hint: 'Ask the network team for the idle timeout of the firewalls and load balancers on this path, and to raise it well above the seconds in the evidence. Until then, set the component’s keep-alive (ping, heartbeat or TCP keep-alive) to less than half of them.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>

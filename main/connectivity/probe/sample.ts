import type { Target } from './target.ts'

/** For tests: an HTTPS server on the internet, of which nothing special is expected. */
export const sampleTarget: Target = {
  host: 'remote.test',
  port: 443,
  protocol: 'https',
  path: undefined,
  tls: true,
  serverName: 'remote.test',
  scope: 'external',
  inspection: 'with-ca',
  proxy: 'env',
  trust: { kind: 'system' },
  runtime: 'go',
  clientCertificate: undefined,
  clientCertificateMissing: false,
  alpn: undefined,
  expect: undefined,
  addressRanges: [],
  companionPlaces: [],
}

import type {
  ConnectivityReport,
  EndpointRow,
  Result,
  Seen,
  StageResult,
} from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { ago } from './clock.ts'

export const computer = { kind: 'computer', name: 'ops-laptop' } as const

const row = (
  part: Partial<EndpointRow> & Pick<EndpointRow, 'id' | 'component' | 'componentTitle' | 'title'>,
): EndpointRow => ({
  host: `${part.id}.vendor.example`,
  port: 443,
  protocol: 'https',
  path: '',
  tls: true,
  serverName: '',
  direction: 'outbound',
  scope: 'external',
  required: true,
  inspection: 'with-ca',
  note: '',
  ...part,
})

const agent = { component: 'agent', componentTitle: 'Agent' }
const gateway = { component: 'gateway', componentTitle: 'Gateway, adaptor and enforcer' }

export const rows: readonly EndpointRow[] = [
  row({
    id: 'control-plane',
    ...agent,
    title: 'Control plane',
    protocol: 'wss',
    inspection: 'never',
    note: 'Mutual TLS: a proxy that re-signs breaks it.',
  }),
  row({ id: 'telemetry', ...agent, title: 'Telemetry', required: false, host: '' }),
  row({ id: 'global-adaptor', ...gateway, title: 'Global adaptor' }),
  row({ id: 'service-bus', ...gateway, title: 'Service bus', port: 5671, protocol: 'amqp1' }),
  row({ id: 'event-hub', ...gateway, title: 'Event hub', port: 5671, protocol: 'amqp1' }),
  row({
    id: 'inbound',
    ...gateway,
    title: 'Calls from your network',
    direction: 'inbound',
    scope: 'vpc',
    host: 'gateway.plane.internal',
  }),
  row({
    id: 'registry',
    component: 'registry',
    componentTitle: 'Container registry',
    title: 'Images',
    protocol: 'oci',
  }),
  row({ id: 'charts', component: 'flux', componentTitle: 'Flux', title: 'Charts', protocol: 'oci' }),
  row({
    id: 'key-vault',
    component: 'secrets',
    componentTitle: 'Secret resolver',
    title: 'Key vault',
    protocol: 'vault',
  }),
  row({
    id: 'acme',
    component: 'certificates',
    componentTitle: 'Certificate manager',
    title: "Let's Encrypt",
    protocol: 'acme',
    inspection: 'never',
  }),
]

const stage = (name: StageResult['stage'], verdict: Verdict, ms: number, evidence: string): StageResult => ({
  stage: name,
  verdict,
  at: ago(5_400),
  ms,
  evidence,
})

const fine = ({ host, port }: EndpointRow): readonly StageResult[] => [
  stage('config', 'pass', 0, `${host}:${port}, no proxy for this host`),
  stage('dns', 'pass', 12, '20.50.2.17, 20.50.2.18 (A, 60 s)'),
  stage('tcp', 'pass', 31, `20.50.2.17:${port} from 192.168.4.20:51812`),
  stage('tls', 'pass', 64, `TLSv1.3, CN=${host}, issued by DigiCert Global G2, until 2027-03-01`),
  stage('identity', 'pass', 40, '401 with WWW-Authenticate: Bearer realm="vendor"'),
]

const seen: Seen = { addresses: [], resolver: '', source: '', destination: '', proxy: '', issuer: '', keySha256: '' }

function resultOf(endpoint: EndpointRow, red: ReadonlySet<string>): Result {
  const base = { endpoint: endpoint.id, vantage: computer, seen }
  if (endpoint.host === '') {
    return {
      ...base,
      verdict: 'unknown',
      cause: 'not-configured',
      hint: 'Ask the vendor for the host and enter it in the settings.',
      stages: [stage('config', 'unknown', 0, 'the host is not configured')],
    }
  }
  if (endpoint.scope !== 'external') {
    return {
      ...base,
      verdict: 'skipped',
      cause: 'out-of-scope',
      hint: '',
      stages: [stage('config', 'skipped', 0, 'this computer is outside the private network')],
    }
  }
  if (red.has(endpoint.id)) {
    return {
      ...base,
      verdict: 'fail',
      cause: 'tls-inspected',
      hint: `Ask for ${endpoint.host} to be taken out of TLS inspection.`,
      stages: [
        ...fine(endpoint).slice(0, 3),
        stage(
          'tls',
          'fail',
          58,
          `the certificate is issued by "Corp Proxy Root CA 2019", not by a public authority: CN=${endpoint.host}, valid from 2026-11-02, SHA-256 7c:41:0e:99:aa:5d:11:02`,
        ),
      ],
    }
  }
  if (endpoint.id === 'acme') {
    const slow = fine(endpoint).map((one) =>
      one.stage === 'tls' ? stage('tls', 'warn', 1_840, 'TLSv1.3, but it took 1.8 s') : one,
    )
    return {
      ...base,
      verdict: 'warn',
      cause: 'slow',
      hint: 'It works, but slowly: look at the path to it.',
      stages: [...slow],
    }
  }
  return { ...base, verdict: 'pass', cause: '', hint: '', stages: [...fine(endpoint)] }
}

/** What a check of these rows would say; with two red ones unless all is fine. */
export function reportOf(endpoints: readonly EndpointRow[], startedAt = ago(5_400)): ConnectivityReport {
  const red = new Set(['control-plane', 'global-adaptor'])
  const results = endpoints.map((endpoint) => resultOf(endpoint, red))
  const failed = results.filter(({ verdict }) => verdict === 'fail').map(({ endpoint }) => endpoint)
  return {
    schemaVersion: 1,
    runId: '5d0c8f3e-1f0a-4c0e-9a5c-0b8f6f7f1d01',
    startedAt,
    endedAt: startedAt,
    vantages: [{ vantage: computer, state: 'ran', cause: '', says: '', hint: '', manifest: '' }],
    results,
    findings:
      failed.length < 2
        ? []
        : [
            {
              cause: 'tls-inspected',
              endpoints: failed,
              vantages: [computer],
              hint: 'A proxy re-signs TLS connections. Ask for these hosts to be taken out of TLS inspection.',
              evidence: 'Both are signed by "Corp Proxy Root CA 2019".',
            },
          ],
  }
}

import type {
  ConnectivityReport,
  EndpointRow,
  Finding,
  Result,
  StageResult,
  Vantage,
} from '../../preload/contract/connectivity.ts'

/** Sample data for tests and the gallery. */
export const planeId = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
export const laptop: Vantage = { kind: 'computer', name: 'laptop' }
export const pod: Vantage = { kind: 'pod', name: 'demo' }
export const node = (name: string): Vantage => ({ kind: 'node', name })
export const startedAt = '2026-03-01T10:00:00.000Z'

export const stage = (name: StageResult['stage'], verdict: Result['verdict'], ms = 12.4): StageResult => ({
  stage: name,
  verdict,
  at: startedAt,
  ms,
  evidence: '10.0.0.7:443 refused',
})

export const result = (
  endpoint: string,
  verdict: Result['verdict'],
  vantage: Vantage = laptop,
  more: Partial<Result> = {},
): Result => ({
  endpoint,
  vantage,
  verdict,
  cause: verdict === 'pass' ? '' : 'tcp.refused',
  hint: 'Ask for the port to be opened.',
  stages: [stage('tcp', verdict)],
  facts: {
    addresses: [],
    resolver: '',
    source: '',
    destination: '',
    proxy: '',
    issuer: '',
    keySha256: '',
    clockOffsetMs: null,
    discoveredHosts: [],
  },
  ...more,
})

export const report = (...results: Result[]): ConnectivityReport => ({
  schemaVersion: 2,
  runId: '7c1de6a2-3b1f-4a55-9a7e-60c3a3a4e0b1',
  startedAt,
  endedAt: startedAt,
  vantages: [...new Map(results.map(({ vantage }) => [vantage.name, vantage])).values()].map((vantage) => ({
    vantage,
    state: 'ran',
    cause: '',
    message: '',
    hint: '',
    manifest: '',
  })),
  results,
  findings: [],
})

export const finding = (cause: string, vantages: Vantage[], ...endpoints: string[]): Finding => ({
  cause,
  endpoints,
  vantages,
  hint: '',
  evidence: '',
})

export const row = (id: string, more: Partial<EndpointRow> = {}): EndpointRow => ({
  id,
  component: 'agent',
  componentTitle: 'Agent',
  title: id,
  host: `${id}.example`,
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
  ...more,
})

import type { ConnectivityReport, EndpointRow, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import type { ReportSubject } from './outline.ts'

/** Small reports for tests. */
export const laptop: Vantage = { kind: 'computer', name: 'laptop' }
const startedAt = '2026-03-01T14:05:00.000Z'

export const sampleRow = (part: Partial<EndpointRow> & Pick<EndpointRow, 'id'>): EndpointRow => ({
  component: 'agent',
  componentTitle: 'Agent',
  title: part.id,
  host: `${part.id}.example`,
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

export const sampleResult = (part: Partial<Result> & Pick<Result, 'endpoint'>): Result => ({
  vantage: laptop,
  verdict: 'pass',
  cause: '',
  hint: '',
  stages: [
    { stage: 'config', verdict: 'pass', at: startedAt, ms: 0, evidence: 'configured' },
    { stage: 'tcp', verdict: 'pass', at: '2026-03-01T14:05:00.010Z', ms: 12.4, evidence: '192.0.2.7:443 open' },
  ],
  facts: noConnectionFacts,
  ...part,
})

export const sampleFail = (part: Partial<Result> & Pick<Result, 'endpoint'>): Result =>
  sampleResult({
    verdict: 'fail',
    cause: 'tcp.timeout',
    hint: 'Ask for this host and port to be opened.',
    stages: [
      { stage: 'config', verdict: 'pass', at: startedAt, ms: 0, evidence: '' },
      { stage: 'dns', verdict: 'pass', at: startedAt, ms: 10, evidence: '192.0.2.7' },
      { stage: 'tcp', verdict: 'fail', at: '2026-03-01T14:05:00.010Z', ms: 3_000, evidence: 'nothing came back' },
      { stage: 'tls', verdict: 'skipped', at: '', ms: 0, evidence: 'not tried' },
    ],
    ...part,
  })

export const sampleSubject = (
  rows: readonly EndpointRow[],
  results: readonly Result[],
  more: Partial<ConnectivityReport> & { readonly title?: string } = {},
): ReportSubject => {
  const { title = 'Plane of Tests', ...report } = more
  return {
    title,
    version: '0.1.0',
    rows,
    report: {
      schemaVersion: 2,
      runId: 'b9d0f5b2-6a2a-4a51-8d5b-0c0a3f6f9c11',
      startedAt,
      endedAt: '2026-03-01T14:05:04.000Z',
      vantages: [{ vantage: laptop, state: 'ran', cause: '', message: '', hint: '', manifest: '' }],
      results: [...results],
      findings: [],
      ...report,
    },
  }
}

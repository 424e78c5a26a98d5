import type {
  ConnectionFacts,
  ConnectivityReport,
  EndpointRow,
  Finding,
  Result,
  StageResult,
  Vantage,
  VantageOutcome,
} from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { ago } from './clock.ts'
import { computer, ran } from './vantages.ts'

type Judged = Omit<Result, 'endpoint' | 'vantage' | 'stages'> & { readonly stages: readonly Planned[] }
type Planned = Omit<StageResult, 'at'>

const stage = (name: StageResult['stage'], verdict: Verdict, ms: number, evidence: string): Planned => ({
  stage: name,
  verdict,
  ms,
  evidence,
})
const notTried = (...names: StageResult['stage'][]) => names.map((name) => stage(name, 'skipped', 0, 'not tried'))

const nothing: ConnectionFacts = {
  addresses: [],
  resolver: '',
  source: '',
  destination: '',
  proxy: '',
  issuer: '',
  keySha256: '',
  clockOffsetMs: null,
  discoveredHosts: [],
}
const sourceOf = ({ kind }: Vantage) => (kind === 'computer' ? '192.168.4.20:51812' : '10.80.3.44:40122')
const factsFrom = (vantage: Vantage, { port }: EndpointRow): ConnectionFacts => ({
  addresses: ['20.50.2.17', '20.50.2.18'],
  resolver: vantage.kind === 'computer' ? '192.168.4.1' : '10.96.0.10',
  source: sourceOf(vantage),
  destination: `20.50.2.17:${port}`,
  proxy: '',
  issuer: 'CN=DigiCert Global G2',
  keySha256: 'aa01',
  clockOffsetMs: null,
  discoveredHosts: [],
})

const passingEndpoints = ({ host, port }: EndpointRow, vantage: Vantage): readonly Planned[] => [
  stage('config', 'pass', 0, `${host}:${port}, no proxy for this host`),
  stage('dns', 'pass', 12, '20.50.2.17, 20.50.2.18 (A, 60 s)'),
  stage('tcp', 'pass', 31, `20.50.2.17:${port} from ${sourceOf(vantage)}`),
  stage('tls', 'pass', 64, `TLSv1.3, CN=${host}, issued by DigiCert Global G2, until 2027-03-01`),
  stage('identity', 'pass', 40, '401 with WWW-Authenticate: Bearer realm="vendor"'),
]

/** Hosts whose TLS a proxy of this computer's network re-signs; not in the cluster. */
const inspected: ReadonlySet<string> = new Set(['control-plane', 'global-adaptor'])

/** A row that fails from one vantage, at the stage of its cause. */
export interface FailedCell extends Pick<Result, 'cause' | 'hint'> {
  readonly vantage: Vantage
  readonly stage: StageResult['stage']
  readonly evidence: string
}

/** Nothing but these rows fails. */
function judgeFailed(row: EndpointRow, vantage: Vantage, failed: FailedCell | undefined): Judged {
  const all = passingEndpoints(row, vantage)
  const facts = factsFrom(vantage, row)
  if (failed === undefined || failed.vantage !== vantage)
    return { verdict: 'pass', cause: '', hint: '', stages: all, facts }
  const at = all.findIndex(({ stage: name }) => name === failed.stage)
  const after = all.slice(at + 1).map(({ stage: name }) => name)
  const stages = [...all.slice(0, at), stage(failed.stage, 'fail', 58, failed.evidence), ...notTried(...after)]
  return { verdict: 'fail', cause: failed.cause, hint: failed.hint, stages, facts }
}

function judge(row: EndpointRow, vantage: Vantage): Judged {
  const inside = vantage.kind !== 'computer'
  if (row.direction === 'inbound' || (row.scope !== 'external' && !inside)) {
    const why = row.direction === 'inbound' ? 'others connect to it' : 'this computer is outside the private network'
    return { verdict: 'skipped', cause: '', hint: '', stages: [stage('config', 'skipped', 0, why)], facts: nothing }
  }
  if (row.host === '') {
    return {
      verdict: 'unknown',
      cause: 'config.missing',
      hint: 'Ask the vendor for what the evidence says is missing, and enter it in the settings of the plane.',
      stages: [stage('config', 'unknown', 0, 'the setting telemetryHost is empty'), ...notTried('dns', 'tcp', 'tls')],
      facts: nothing,
    }
  }
  const all = passingEndpoints(row, vantage)
  const seen = factsFrom(vantage, row)
  if (inspected.has(row.id) && !inside) {
    const evidence = `the certificate is issued by "Corp Proxy Root CA 2019", not by a public authority: CN=${row.host}, valid from 2026-11-02, SHA-256 7c:41:0e:99:aa:5d:11:02`
    return {
      verdict: 'fail',
      cause: 'tls.intercepted',
      hint: `Ask for ${row.host} to be taken out of TLS inspection.`,
      stages: [...all.slice(0, 3), stage('tls', 'fail', 58, evidence), ...notTried('identity')],
      facts: { ...seen, issuer: 'CN=Corp Proxy Root CA 2019', keySha256: 'ee77', proxy: 'http://proxy.corp:3128' },
    }
  }
  if (row.id === 'event-hub' && inside) {
    return {
      verdict: 'fail',
      cause: 'tcp.timeout',
      hint: `Ask for ${row.host} port ${row.port} to be opened from the pods of the plane.`,
      stages: [
        ...all.slice(0, 2),
        stage(
          'tcp',
          'fail',
          5_000,
          `20.50.2.17:${row.port} did not answer within 5 s; 20.50.2.18:${row.port} did not either`,
        ),
        ...notTried('tls', 'identity'),
      ],
      facts: { ...seen, issuer: '', keySha256: '' },
    }
  }
  if (row.id === 'acme') {
    return {
      verdict: 'warn',
      cause: 'ipv6.black-hole',
      hint: 'Ask for IPv6 to this host to be opened, or for its AAAA record to be taken away.',
      stages: all.map((one) =>
        one.stage === 'tcp'
          ? stage('tcp', 'warn', 1_840, '2a02:26f0::17 did not answer within 1.8 s, 20.50.2.17 did')
          : one,
      ),
      facts: seen,
    }
  }
  return { verdict: 'pass', cause: '', hint: '', stages: all, facts: seen }
}

/** Stages follow one another from the start of the row. */
function timed(stages: readonly Planned[], startedAt: string): StageResult[] {
  let atMs = Date.parse(startedAt)
  return stages.map((one) => {
    const at = one.evidence === 'not tried' ? '' : new Date(atMs).toISOString()
    atMs += one.ms
    return { ...one, at }
  })
}

const findingsOf = (results: readonly Result[]): Finding[] => {
  const of = (cause: string) => results.filter((result) => result.cause === cause && result.verdict === 'fail')
  const findingOf = (cause: string, hint: string, evidence: string): Finding[] => {
    const found = of(cause)
    if (found.length < 2) return []
    return [
      {
        cause,
        endpoints: [...new Set(found.map(({ endpoint }) => endpoint))],
        vantages: [...new Map(found.map(({ vantage }) => [vantage.name, vantage])).values()],
        hint,
        evidence,
      },
    ]
  }
  return [
    ...findingOf(
      'tls.intercepted',
      'A proxy re-signs TLS connections. Ask for these hosts to be taken out of TLS inspection.',
      'Both are signed by "Corp Proxy Root CA 2019".',
    ),
    ...findingOf(
      'tcp.timeout',
      'From the cluster, connections to port 5671 are dropped in silence; from this computer they are not.',
      'No answer within 5 s from any vantage in the cluster.',
    ),
  ]
}

export const runIds = [
  '5d0c8f3e-1f0a-4c0e-9a5c-0b8f6f7f1d01',
  '5d0c8f3e-1f0a-4c0e-9a5c-0b8f6f7f1d02',
  '5d0c8f3e-1f0a-4c0e-9a5c-0b8f6f7f1d03',
] as const

export interface ReportOptions {
  readonly vantages?: readonly Vantage[]
  readonly startedAt?: string
  readonly runId?: string
  readonly outcomes?: readonly VantageOutcome[]
  /** By endpoint; absent: the usual failures. */
  readonly failed?: Readonly<Record<string, FailedCell>>
}

/** The report of a check of these rows. A vantage whose outcome is a failure has no results. */
export function reportOf(
  endpoints: readonly EndpointRow[],
  { vantages = [computer], startedAt = ago(540), runId = runIds[0], outcomes = [], failed }: ReportOptions = {},
): ConnectivityReport {
  const outcomeOf = (vantage: Vantage) =>
    outcomes.find((one) => one.vantage.kind === vantage.kind && one.vantage.name === vantage.name) ?? ran(vantage)
  const results = vantages
    .filter((vantage) => outcomeOf(vantage).state !== 'failed')
    .flatMap((vantage) =>
      endpoints.map((endpoint): Result => {
        const judged =
          failed === undefined ? judge(endpoint, vantage) : judgeFailed(endpoint, vantage, failed[endpoint.id])
        return { endpoint: endpoint.id, vantage, ...judged, stages: timed(judged.stages, startedAt) }
      }),
    )
  return {
    schemaVersion: 2,
    runId,
    startedAt,
    endedAt: startedAt,
    vantages: vantages.map(outcomeOf),
    results,
    findings: findingsOf(results),
  }
}

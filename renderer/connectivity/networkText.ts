import type { EndpointRow, Result, StageResult } from '../../preload/contract/connectivity.ts'
import { fullTime } from '../lib/time.ts'

/** Protocols that speak TLS first; the others are tried in clear. */
const tlsProtocols: ReadonlySet<string> = new Set([
  'wss',
  'https',
  'grpc',
  'amqp1',
  'amqp091',
  'amqp-ws',
  'oci',
  'acme',
  'git',
  'arm',
  'vault',
  'kubernetes',
])

/** A host as a shell takes it: anything else than letters, digits, dots, hyphens and colons is left out. */
const shellSafe = (host: string) => host.replace(/[^\w.:-]/g, '')

/** A command with which anyone can see the same, without Hangar. */
export function reproduce({ host, port, protocol }: EndpointRow, failed: StageResult | undefined): string {
  const name = shellSafe(host)
  if (failed?.stage === 'dns') return `nslookup ${name}`
  if (failed?.stage === 'tcp' || !tlsProtocols.has(protocol)) return `nc -vz -w 5 ${name} ${port}`
  return `openssl s_client -connect ${name}:${port} -servername ${name} </dev/null`
}

export const failedStage = (stages: readonly StageResult[]): StageResult | undefined =>
  stages.find(({ verdict }) => verdict === 'fail') ?? stages.find(({ verdict }) => verdict === 'warn')

/** What the team that runs the network needs to act: from, to, when, what was seen, how to see it again. */
export function networkText(row: EndpointRow, result: Result, startedAt: string): string {
  const failed = failedStage(result.stages)
  const lines = [
    `Connection: ${row.title} (${row.componentTitle})`,
    `Source: ${result.vantage.name} (${result.vantage.kind})`,
    `Destination: ${row.host === '' ? 'not configured' : row.host}, port ${row.port}, ${row.protocol}`,
    `Direction: ${row.direction}, ${row.scope}`,
    `Time: ${fullTime(startedAt)}`,
    `Result: ${result.verdict}${result.cause === '' ? '' : ` (${result.cause})`}`,
    'Seen:',
    ...result.stages.map(
      ({ stage, verdict, ms, evidence }) => `  ${stage} ${verdict} ${Math.round(ms)} ms: ${evidence}`,
    ),
  ]
  if (row.inspection === 'never') lines.push('TLS inspection: must be off for this destination.')
  if (result.hint !== '') lines.push(`Asked for: ${result.hint}`)
  if (row.host !== '') lines.push(`To see it again: ${reproduce(row, failed)}`)
  return lines.join('\n')
}

import { type CheckOptions, checkEndpoints } from '../../main/connectivity/connectivity.ts'
import type { CheckEvent, ConnectivityReport, Result } from '../../preload/contract/connectivity.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { serveNames, type Zone } from './servers/dns.ts'
import { authority, name } from './servers/serve.ts'

/** Fields of an endpoint in a list. Default: an HTTPS row at `far.hangar.test` that trusts the test authority. */
export type EndpointFields = Readonly<Record<string, unknown>>

export interface World extends Pick<CheckOptions, 'env' | 'proxy' | 'endpoints' | 'loginOf'> {
  /** The answers of the DNS server. Default: the server's name has the address of this machine. */
  readonly zone?: Zone
  readonly resolver?: string
  readonly settings?: JsonObject
}

const known: Zone = (asked, family) =>
  asked === name || asked.endsWith('.far.hangar.test') ? (family === 4 ? ['127.0.0.1'] : []) : { code: 3 }

/** Without the proxy settings of the machine that runs the tests. */
const noEnvironment = {}

export async function checkList(
  rows: readonly EndpointFields[],
  world: World = {},
  signal = AbortSignal.timeout(30_000),
): Promise<{ report: ConnectivityReport; events: CheckEvent[] }> {
  const resolver = world.resolver ?? (await serveNames(world.zone ?? known)).address
  const list = EndpointList.parse({
    resolver,
    settings: { ca: authority.certificate, ...world.settings },
    endpoints: rows.map((row, index) => ({
      id: `row-${index}`,
      component: 'agent',
      host: name,
      protocol: 'https',
      ...row,
      clientProfile: { trust: { setting: 'ca' }, ...(typeof row.clientProfile === 'object' ? row.clientProfile : {}) },
    })),
  })
  const events: CheckEvent[] = []
  for await (const event of checkEndpoints(list, { env: noEnvironment, ...world }, signal)) events.push(event)
  const last = events.at(-1)
  if (last?.kind !== 'finished') throw new Error('The check ended without a report.')
  return { report: last.report, events }
}

/** Checks one row. */
export async function check(row: EndpointFields, world: World = {}): Promise<Result> {
  const { report } = await checkList([row], world)
  const [result] = report.results
  if (result === undefined) throw new Error('The report has no result.')
  return result
}

/** What a test compares: verdict and cause on one line. */
export const verdictOf = ({ verdict, cause }: Result): string => `${verdict} ${cause}`.trim()
export const evidenceOf = ({ stages }: Result): string =>
  stages.map(({ stage, evidence }) => `${stage}: ${evidence}`).join('\n')

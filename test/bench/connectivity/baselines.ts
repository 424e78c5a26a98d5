import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import { bareHost } from '../../../main/connectivity/probe/addresses.ts'
import { protocolClients } from '../../../main/connectivity/probe/protocols/protocols.ts'
import { resolveName } from '../../../main/connectivity/probe/stages/dns.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { Setup } from '../../connectivity/cases/case.ts'
import { type CheckInput, endpointOf } from '../../connectivity/cases/run-check.ts'

const execute = promisify(execFile)

/**
 * The rules by which two other tools judge an endpoint, with the curl of this machine. curl gets everything that the
 * component has: root certificates, client certificate, proxy settings, the addresses of its resolver (the names of the
 * cases exist only there), and its network. An endpoint with companions passes a rule when each of its hosts does.
 */
export interface Baseline {
  readonly subject: string
  readonly passes: (place: Place, signal: AbortSignal) => Promise<boolean>
}

/** One host to check, with the arguments of curl for it. */
interface Place {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly isHttp: boolean
  readonly path: string
  readonly options: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Begins the command: the network namespace of the case, or none where the name has no address. */
  readonly inside: readonly string[]
}

interface Ended {
  readonly code: number
  readonly printed: string
}

/** For one request: the default of osd-network-verifier. */
const limitSeconds = 5

async function curl({ inside, options, env }: Place, args: readonly string[], signal: AbortSignal): Promise<Ended> {
  const [command = '', ...rest] = [...inside, 'curl', '-s', '-m', String(limitSeconds), ...options, ...args]
  const environment = { PATH: process.env.PATH ?? '', ...env }
  try {
    const { stdout } = await execute(command, rest, { env: environment, signal, encoding: 'latin1' })
    return { code: 0, printed: stdout }
  } catch (error) {
    signal.throwIfAborted()
    const failed = Object(error) as { code?: unknown; stdout?: unknown } // what execFile adds to its error
    return { code: typeof failed.code === 'number' ? failed.code : -1, printed: String(failed.stdout ?? '') }
  }
}

const urlOf = ({ tls, host, port, path }: Place): string =>
  `http${tls ? 's' : ''}://${isIP(host) === 6 ? `[${host}]` : host}:${port}${path}`

/**
 * osd-network-verifier: only the exit code of curl, with the options of that tool. HTTP is checked by HEAD; other protocols
 * by telnet with an option that curl refuses once connected, so that 49 means "connected".
 */
const persistent = ['--retry', '3', '--retry-connrefused']

const exitsZero: Baseline = {
  subject: 'curl exits 0',
  async passes(place, signal) {
    if (place.isHttp)
      return (await curl(place, [...persistent, '-I', '-o', '/dev/null', urlOf(place)], signal)).code === 0
    const { code } = await curl(place, [...persistent, '-t', 'B', `telnet://${place.host}:${place.port}`], signal)
    return code === 49
  },
}

/** Azure Arc for Kubernetes: any HTTP status passes; curl prints 000 for none. It checks everything by HTTPS. */
const notZeros: Baseline = {
  subject: 'HTTP status is not 000',
  async passes(place, signal) {
    const { printed } = await curl(place, ['-o', '/dev/null', '-w', '%{http_code}', urlOf(place)], signal)
    return /^[1-9]\d\d$/.test(printed.slice(-3))
  },
}

export const baselines: readonly Baseline[] = [exitsZero, notZeros]

const notHttp: ReadonlySet<string> = new Set(['amqp1', 'amqp091'])

/** Root and client certificates as files, which curl requires. */
async function trustOptions(endpoint: Endpoint, at: CheckInput, folder: string): Promise<string[]> {
  const { trust, clientCertificate } = endpoint.clientProfile
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const pem =
    trust === 'bundled'
      ? rootCertificates.join('\n')
      : typeof trust === 'object' && 'setting' in trust
        ? trust.setting === 'ca'
          ? at.ca
          : trust.setting
        : undefined
  return [
    ...(pem === undefined ? [] : ['--cacert', await file('ca.pem', pem)]),
    ...(clientCertificate === undefined || at.credential === undefined
      ? []
      : [
          '--cert',
          await file('tls.crt', at.credential.certificate),
          '--key',
          await file('tls.key', at.credential.key),
        ]),
  ]
}

/** The addresses from the DNS server of the case, in the syntax of curl; `[]` where there are none. */
async function addressOptions(
  host: string,
  name: string,
  port: number,
  at: CheckInput,
  signal: AbortSignal,
): Promise<string[]> {
  const dns = await resolveName(host, at.resolver, signal)
  const addresses =
    dns.kind === 'literal'
      ? [dns.address]
      : [dns.v4, dns.v6].flatMap((one) => (one.kind === 'addresses' ? one.addresses : []))
  const shown = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address))
  return addresses.length === 0 ? [] : ['--resolve', `${name}:${port}:${shown.join(',')}`]
}

const rootsVariable = 'SSL_CERT_FILE='
const noNetwork = ['unshare', '--net', '--']

async function places(setUp: Setup, at: CheckInput, folder: string, signal: AbortSignal): Promise<Place[]> {
  const endpoint = endpointOf(setUp.row)
  const { protocol, tls, serverName, clientProfile, path = '/' } = endpoint
  const port =
    typeof endpoint.port === 'number'
      ? endpoint.port
      : tls
        ? protocolClients[protocol].defaultPort
        : protocolClients[protocol].clearPort
  const options = await trustOptions(endpoint, at, folder)
  const added = setUp.inside?.find((word) => word.startsWith(rootsVariable))?.slice(rootsVariable.length)
  // With root certificates for the server, curl would not use those of OpenSSL for the proxy.
  if (added !== undefined) options.push('--proxy-cacert', added)
  const proxied = clientProfile.proxy === 'env' && Object.keys(at.env).length > 0
  const env =
    clientProfile.proxy === 'env'
      ? { ...at.env, ...(at.env.HTTP_PROXY === undefined ? {} : { http_proxy: at.env.HTTP_PROXY }) }
      : {}
  const hosts = [
    { host: endpoint.host, name: serverName ?? bareHost(endpoint.host), port, protocol, path },
    ...endpoint.companions.map((one) => ({
      host: one.host,
      name: one.host,
      port: one.port,
      protocol: one.protocol,
      path: '/',
    })),
  ]
  return Promise.all(
    hosts.map(async (one): Promise<Place> => {
      const inside = setUp.inside ?? []
      const common = { host: one.name, port: one.port, tls, isHttp: !notHttp.has(one.protocol), path: one.path, env }
      // In a network namespace curl itself resolves the name; an address is used as it is.
      if (at.resolver === undefined) {
        const meant = one.name === one.host ? [] : ['--connect-to', `${one.name}:${one.port}:${one.host}:${one.port}`]
        return { ...common, inside, options: [...options, ...meant] }
      }
      const addresses = await addressOptions(one.host, one.name, one.port, at, signal)
      return {
        ...common,
        inside: addresses.length === 0 && !proxied ? noNetwork : inside,
        options: [...options, ...addresses],
      }
    }),
  )
}

/** Whether the component would work by this rule. */
export async function passes(baseline: Baseline, setUp: Setup, at: CheckInput, signal: AbortSignal): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-baseline-'))
  try {
    for (const place of await places(setUp, at, folder, signal))
      if (!(await baseline.passes(place, signal))) return false
    return true
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

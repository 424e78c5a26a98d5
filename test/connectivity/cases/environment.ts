import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Issued } from '../../peers/authority.ts'
import { startCoredns } from '../../peers/coredns.ts'
import { createNetwork, farAddress, farAddress6, type Network } from '../../peers/network.ts'
import { createPrograms, type Programs } from '../../peers/program.ts'
import { onEnd } from '../servers/lifetime.ts'
import { authority, chainOf, name } from '../servers/serve.ts'
import type { StandaloneServer } from '../servers/standalone-server.ts'

/** The environment of cases with real programs and networks. Everything ends with the lifetime in which it was created. */

export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'hangar-case-'))
  // Programs that drop root must be able to read their files in it.
  await chmod(made, 0o711)
  onEnd(() => rm(made, { recursive: true, force: true }))
  return made
}

export function programs(): Programs {
  const stop = new AbortController()
  const started = createPrograms(stop.signal)
  onEnd(() => started.end())
  return started
}

export async function network(resolvConf = `nameserver ${farAddress}\n`): Promise<Network> {
  const made = await createNetwork(resolvConf)
  onEnd(() => made.end())
  return made
}

const good = authority.issue({ names: [name], addresses: [farAddress, farAddress6] })

/** A good HTTPS server in a network, on port 443 of both families. */
export async function standing(
  { far }: Pick<Network, 'far'>,
  { issued = good, port = 443 }: { readonly issued?: Issued; readonly port?: number } = {},
): Promise<void> {
  const program = join(import.meta.dirname, '../servers/standalone-server.ts')
  const [command = '', ...args] = [...far, process.execPath, '--disable-warning=ExperimentalWarning', program]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: {} })
  onEnd(() => void child.stdin.end())
  const given: StandaloneServer = {
    certificate: chainOf(issued),
    key: issued.key,
    addresses: [farAddress, farAddress6],
    port,
  }
  child.stdin.write(JSON.stringify(given))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The server in the network ended with code ${code} before it listened.`)
  })
  await Promise.race([once(child.stdout, 'data'), ended])
}

/** CoreDNS in a network, on port 53, with zones in Corefile syntax. */
export async function coredns(
  { far }: Pick<Network, 'far'>,
  zones: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  await startCoredns(await folder(), { address: farAddress, port: 53 }, zones, programs(), far)
}

/** The same with these names only; each has all of its addresses. */
export async function namesIn(
  made: Pick<Network, 'far'>,
  names: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const lines = Object.entries(names).flatMap(([host, addresses]) => addresses.map((address) => `${address} ${host}`))
  await coredns(made, { '.': ['hosts {', ...lines, 'fallthrough', '}', ...nobody] })
}

/** Plugins of CoreDNS for "no such name". */
export const nobody = ['template ANY ANY {', 'rcode NXDOMAIN', '}'] as const

/** An endpoint with the server's address, so that DNS is not involved. */
export const byAddress = (address = farAddress): Readonly<Record<string, unknown>> => ({
  host: address,
  port: 443,
  serverName: name,
})

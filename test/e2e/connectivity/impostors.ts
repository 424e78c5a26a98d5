import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../bed/until.ts'
import type { Authority } from '../../peers/authority.ts'
import { type PeerServer, startPeerServer } from '../../peers/peer-server.ts'
import { startSmallBroker } from '../../peers/small-broker.ts'
import type { Destination } from './network.ts'

/** A server that receives the connections diverted from another. */
export interface Impostor extends Destination {
  stop(): Promise<void>
}

/** An HTTPS server whose certificate expired two days ago. */
export function startExpired(
  { host, address }: PeerServer,
  authority: Authority,
  signal: AbortSignal,
): Promise<Impostor> {
  const { certificate: cert, key } = authority.issue({ names: [host], days: -2 })
  return startPeerServer({ host, address }, () => createServer({ cert, key }, (_, response) => response.end()), signal)
}

/** A web filter with a valid certificate for the host, which answers each request with its block page. */
export function startBlockPage(
  { host, address }: PeerServer,
  authority: Authority,
  signal: AbortSignal,
): Promise<Impostor> {
  const { certificate: cert, key } = authority.issue({ names: [host] })
  const page = '<!doctype html><title>Blocked</title><h1>This site is blocked by the policy of your organisation</h1>'
  const create = () =>
    createServer({ cert, key }, (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    )
  return startPeerServer({ host, address }, create, signal)
}

/** A broker that uses AMQP 1.0, with a valid certificate for the host. */
export function startOtherVersion(
  { host, address }: PeerServer,
  authority: Authority,
  signal: AbortSignal,
): Promise<Impostor> {
  return startSmallBroker({ host, address }, 'amqp1', authority, { username: 'u', password: 'p' }, signal)
}

const mitmdump = '/usr/bin/mitmdump'
export const noMitmproxy: string = existsSync(mitmdump) ? '' : 'no mitmproxy (Debian: mitmproxy)'
const startLimitMs = 30_000

/** mitmproxy: terminates TLS, re-signs with its own authority, and forwards to the server. */
export async function startInterceptor(
  { host, address, port: destination }: PeerServer,
  signal: AbortSignal,
): Promise<Impostor> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-intercept-'))
  const port = await freePort(address)
  const child = spawn(
    mitmdump,
    [
      ...['--mode', `reverse:https://${address}:${destination}`, '--listen-host', address, '--listen-port', `${port}`],
      ...['--set', `confdir=${folder}`, '--set', 'keep_host_header=true', '--ssl-insecure', '--quiet'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], signal, env: { ...process.env, HOME: folder } },
  )
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2_000)
  })
  const exited = once(child, 'exit').catch(() => undefined) // an abort ends it too
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  const answers = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) reject(new Error(`mitmproxy before ${host} ended: ${output}`))
      const socket = connect(port, address, () => resolve(true))
      socket.on('connect', () => socket.destroy())
      socket.on('error', () => resolve(false))
    })
  try {
    await until(`mitmproxy before ${host}`, answers, startLimitMs, signal)
  } catch (error) {
    await stop()
    throw error
  }
  return { address, port, stop }
}

async function freePort(address: string): Promise<number> {
  const server = await startPeerServer({ host: '', address }, () => createServer(), new AbortController().signal)
  await server.stop()
  return server.port
}

import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import { authority } from '../addresses.ts'
import { Channel } from '../channel.ts'
import type { HttpFacts } from '../facts.ts'
import { askHttp } from '../http1.ts'
import { looksLike } from '../speech.ts'
import { codeOf } from '../within.ts'

export type Tunnel =
  | { readonly kind: 'open'; readonly stream: Duplex }
  | { readonly kind: 'answered'; readonly answer: HttpFacts }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'silent'; readonly detail: string }

/** Asks a proxy for a tunnel (CONNECT, RFC 9110 §9.3.6). The stream is the caller's if it is open, and gone if not. */
export async function openTunnel(
  stream: Duplex,
  destination: { readonly host: string; readonly port: number },
  userinfo: string | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const channel = new Channel(stream)
  const name = authority(destination.host, destination.port)
  const headers: Readonly<Record<string, string>> =
    userinfo === undefined ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(userinfo).toString('base64')}` }
  const outcome = await askHttp(channel, { method: 'CONNECT', path: name, host: name, headers }, limitMs, signal)
  if (outcome.kind === 'http' && outcome.answer.status >= 200 && outcome.answer.status < 300) {
    const early = Buffer.from(channel.pending)
    stream.removeAllListeners('data').removeAllListeners('end').pause()
    if (early.length > 0) stream.unshift(early)
    return { kind: 'open', stream }
  }
  channel.close()
  if (outcome.kind === 'http') return { kind: 'answered', answer: outcome.answer }
  if (outcome.kind === 'bytes')
    return { kind: 'failed', detail: `it is no HTTP proxy: what it sent looks like ${looksLike(outcome.bytes)}` }
  if (outcome.silence.kind === 'silent')
    return { kind: 'silent', detail: `took the request and gave no answer in ${limitMs / 1_000} s` }
  return { kind: 'failed', detail: 'it closed the connection without an answer to CONNECT' }
}

/** TLS to the proxy itself, for a proxy whose URL begins with https. Its certificate must be good by this machine's roots. */
export function secureProxy(
  stream: Duplex,
  host: string,
  context: tls.SecureContext,
  limit: AbortSignal,
): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const secured = tls.connect({ socket: stream, servername: host, secureContext: context })
  limit.addEventListener('abort', () => {
    secured.destroy()
    reject(limit.reason)
  })
  secured.once('secureConnect', () => resolve(secured))
  secured.on('error', (error) => reject(new Error(codeOf(error))))
  return promise
}

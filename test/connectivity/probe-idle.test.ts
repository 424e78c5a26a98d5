import { createSecureServer, type Http2Session } from 'node:http2'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { proberFor } from '../../main/connectivity/probe/probe.ts'
import { sampleTarget } from '../../main/connectivity/probe/sample.ts'
import type { Target } from '../../main/connectivity/probe/target.ts'
import { connectionStart, greeting, mechanisms, sasl } from './servers/amqp.ts'
import { answering, json } from './servers/http.ts'
import { authority, listen, name, serve, serveTls, tlsOptions } from './servers/serve.ts'
import { acceptOf } from './servers/websocket.ts'

/** Connections that are held idle. A middlebox has no TLS keys: it can only reset, close or drop a connection. */

const holdSeconds = 0.8

/** Verdict and cause of an endpoint, and the identity stage's evidence. */
async function held(port: number, protocol: Target['protocol'], more: Partial<Target> = {}): Promise<[string, string]> {
  const target: Target = {
    ...sampleTarget,
    host: '127.0.0.1',
    port,
    protocol,
    serverName: name,
    proxy: 'none',
    trust: { kind: 'pem', pem: authority.certificate },
    ...more,
  }
  const proxies = { httpsProxy: '', httpProxy: '', noProxy: '' }
  const probe = proberFor({ resolver: undefined, proxies, holdSeconds })
  const events = probe(target, AbortSignal.timeout(30_000))
  for (;;) {
    const next = await events.next()
    if (next.done !== true) continue
    const { verdict, cause, stages } = next.value
    const identity = stages.find(({ stage }) => stage === 'identity')
    return [`${verdict} ${cause}`.trim(), identity?.evidence ?? '']
  }
}

/** A WebSocket server that answers pings, or handles each frame with `act`. */
const webSocket =
  (act: (socket: Socket, opcode: number, payload: Buffer) => void = pong) =>
  (socket: Socket): void => {
    let upgraded = false
    socket.on('data', (chunk: Buffer) => {
      if (!upgraded) {
        upgraded = true
        const key = /sec-websocket-key: (.+)\r\n/i.exec(chunk.toString())?.[1] ?? ''
        const headers = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}`
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n\r\n`)
        return act(socket, -1, Buffer.alloc(0))
      }
      const mask = chunk.subarray(2, 6)
      const payload = Buffer.from(chunk.subarray(6).map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
      act(socket, (chunk[0] ?? 0) & 0x0f, payload)
    })
  }
const pong = (socket: Socket, opcode: number, payload: Buffer): void => {
  if (opcode === 9) socket.write(Buffer.concat([Buffer.from([0x8a, payload.length]), payload]))
}

/** Forwards bytes. After `idleMs` without any, does to the connection what a middlebox would do. */
async function middlebox(
  inside: number,
  idleMs: number,
  act: (client: Socket, server: Socket) => void,
): Promise<number> {
  const server = await serve((client) => {
    const server = connect({ host: '127.0.0.1', port: inside })
    server.on('error', () => client.destroy())
    client.on('error', () => server.destroy())
    let timer: NodeJS.Timeout | undefined
    const pass = (from: Duplex, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        clearTimeout(timer)
        timer = setTimeout(() => act(client, server), idleMs)
        to.write(chunk)
      })
    }
    pass(client, server)
    pass(server, client)
    server.on('end', () => client.end())
    client.on('end', () => server.end())
    client.on('close', () => {
      clearTimeout(timer)
      server.destroy()
    })
  })
  return server.port
}
const resets = (client: Socket): void => void client.resetAndDestroy()
const closes = (client: Socket): void => void client.end()
const drops = (client: Socket, server: Socket): void => {
  for (const socket of [client, server]) socket.removeAllListeners('data').resume()
}

describe('a WebSocket', () => {
  it('that stays open passes', async () => {
    const server = await serveTls(webSocket())
    const [verdict, evidence] = await held(server.port, 'wss')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('idle for 0.8 s: a ping was answered')
  })

  it.each([
    ['reset', resets, 'then reset'],
    ['closed', closes, 'closed without the server’s own shutdown'],
    ['dropped', drops, 'no longer answered'],
  ] as const)('that is %s on the path is idle.cut', async (_title, act, words) => {
    const server = await serveTls(webSocket())
    const [verdict, evidence] = await held(await middlebox(server.port, 300, act), 'wss')
    expect(verdict).toBe('fail idle.cut')
    expect(evidence).toContain(words)
  })

  it('without TLS that is interrupted on the path is idle.cut', async () => {
    const server = await serve(webSocket())
    expect((await held(await middlebox(server.port, 300, resets), 'wss', { tls: false }))[0]).toBe('fail idle.cut')
    expect((await held(await middlebox(server.port, 300, closes), 'wss', { tls: false }))[0]).toBe('fail idle.cut')
  })

  it('that the server closes is not idle.cut', async () => {
    const closing = await serveTls(
      webSocket((socket, opcode, payload) => {
        pong(socket, opcode, payload)
        if (opcode === 9) setTimeout(() => socket.end(Buffer.from([0x88, 4, 0x03, 0xe9, 0x62, 0x79])), 200)
      }),
    )
    const [verdict, evidence] = await held(closing.port, 'wss')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('the server closed the WebSocket: 1001 by')
    const ending = await serveTls(webSocket((socket, opcode) => void (opcode === 9 && socket.end())))
    const [other, words] = await held(ending.port, 'wss')
    expect(other).toBe('pass')
    expect(words).toContain('closed TLS in order')
  })

  it('without answers to pings, or with pings of the server, is not idle.cut', async () => {
    const mute = await serveTls(webSocket(() => undefined))
    const [verdict, evidence] = await held(mute.port, 'wss')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('answers no pings')
    let pongs = 0
    const pinging = await serveTls(
      webSocket((socket, opcode, payload) => {
        pong(socket, opcode, payload)
        if (opcode === 10) pongs += 1
        if (opcode === 9) setTimeout(() => socket.write(Buffer.from([0x89, 1, 7])), 200)
      }),
    )
    expect((await held(pinging.port, 'wss'))[1]).toContain('the server sent 1 pings')
    expect(pongs).toBeGreaterThan(0)
  })

  it('that rejects the request is held idle before the request', async () => {
    const server = await serveTls(answering(() => ({ status: 401, body: 'no client certificate' })))
    expect((await held(server.port, 'wss'))[0]).toBe('pass auth.required')
    expect((await held(await middlebox(server.port, 300, resets), 'wss'))[0]).toBe('fail idle.cut')
    expect((await held(await middlebox(server.port, 300, drops), 'wss'))[0]).toBe('fail idle.cut')
  })
})

describe('AMQP', () => {
  const broker = greeting((header) => (header[4] === 3 ? [sasl, mechanisms('PLAIN')] : connectionStart()))
  /** As brokers do, closes the connection after a second header, and when a client does not log in. */
  const impatient =
    (waitMs: number) =>
    (socket: Socket): void => {
      broker(socket)
      let received = 0
      const timer = setTimeout(() => socket.end(), waitMs)
      socket.on('data', () => void (++received > 1 && socket.end()))
      socket.once('close', () => clearTimeout(timer))
    }

  it('that stays open passes, in both versions of the protocol', async () => {
    const server = await serveTls(impatient(20_000))
    for (const protocol of ['amqp1', 'amqp091'] as const) {
      const [verdict, evidence] = await held(server.port, protocol)
      expect(verdict).toBe('pass auth.required')
      expect(evidence).toContain('closed the connection in order at the next data')
    }
  })

  it.each([
    ['reset', resets],
    ['dropped', drops],
  ] as const)('that is %s on the path is idle.cut', async (_title, act) => {
    const server = await serveTls(impatient(20_000))
    const cut = await middlebox(server.port, 300, act)
    const both = await Promise.all([held(cut, 'amqp1'), held(cut, 'amqp091')])
    expect(both.map(([verdict]) => verdict)).toEqual(['fail idle.cut', 'fail idle.cut'])
  })

  it('whose broker closes without a login is not idle.cut', async () => {
    const server = await serveTls(impatient(300))
    const [verdict, evidence] = await held(server.port, 'amqp091')
    expect(verdict).toBe('pass auth.required')
    expect(evidence).toContain('closed TLS in order')
    const clear = await serve(impatient(300))
    const [other, words] = await held(clear.port, 'amqp1', { tls: false })
    expect(other).toBe('pass auth.required')
    expect(words).toContain('waits for a login')
  })

  it('whose broker never reacts to a second header is not idle.cut', async () => {
    const server = await serveTls(broker)
    const [verdict, evidence] = await held(server.port, 'amqp1')
    expect(verdict).toBe('pass auth.required')
    expect(evidence).toContain('a new connection does not react either')
  }, 30_000)
})

describe('gRPC', () => {
  const peer = async (act: (session: Http2Session) => void = () => undefined): Promise<number> => {
    const server = createSecureServer(tlsOptions())
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true })
    })
    server.on('session', (session) => {
      session.on('error', () => undefined)
      act(session)
    })
    return (await listen(server)).port
  }

  it('that stays open passes', async () => {
    const [verdict, evidence] = await held(await peer(), 'grpc')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('a PING was answered')
  })

  it.each([
    ['reset', resets],
    ['closed', closes],
    ['dropped', drops],
  ] as const)('that is %s on the path is idle.cut', async (_title, act) => {
    expect((await held(await middlebox(await peer(), 300, act), 'grpc'))[0]).toBe('fail idle.cut')
  })

  it('that the server ends with GOAWAY is not idle.cut', async () => {
    const port = await peer((session) => void setTimeout(() => session.close(), 300))
    const [verdict, evidence] = await held(port, 'grpc')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('GOAWAY')
  })
})

describe('an API server', () => {
  const version = answering(() => json({ major: '1', minor: '36', gitVersion: 'v1.36.0' }))
  /** Answers every request on one connection. */
  const lasting = (socket: Socket): void => {
    const body = JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.0' })
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`))
  }

  it('gets a second request after the idle time', async () => {
    const server = await serveTls(lasting)
    const [verdict, evidence] = await held(server.port, 'kubernetes')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('the server answered')
    expect((await held(await middlebox(server.port, 300, resets), 'kubernetes'))[0]).toBe('fail idle.cut')
    expect((await held(await middlebox(server.port, 300, drops), 'kubernetes'))[0]).toBe('fail idle.cut')
  })

  it('that closes each connection is not idle.cut', async () => {
    expect((await held((await serveTls(version)).port, 'kubernetes'))[0]).toBe('pass')
  })
})

describe('a request of several packets', () => {
  it('is mtu.black-hole when lost on the path, and passes when the server refuses it', async () => {
    const server = await serveTls(answering(() => json({})))
    const lossy = await serve((client) => {
      const upstream = connect({ host: '127.0.0.1', port: server.port })
      upstream.on('error', () => client.destroy())
      client.on('close', () => upstream.destroy())
      upstream.pipe(client)
      client.on('data', (chunk: Buffer) => void (chunk.length < 2_000 && upstream.write(chunk)))
    })
    expect((await held(lossy.port, 'https'))[0]).toBe('fail mtu.black-hole')
    const refuses = await serveTls(
      answering(({ headers }) => ('x-padding' in headers ? { status: 431, body: '' } : json({}))),
    )
    const [verdict, evidence] = await held(refuses.port, 'https')
    expect(verdict).toBe('pass')
    expect(evidence).toContain('4,000 bytes is answered')
  })
})

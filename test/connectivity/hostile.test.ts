import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Protocol } from '../../preload/contract/profiles.ts'
import { runInside } from './cases/run.ts'
import { check, verdictOf } from './check.ts'
import { connectionStart, header091, mechanisms, sasl } from './servers/amqp.ts'
import type { Checked } from './servers/check-lists.ts'
import { hostile } from './servers/hostile.ts'
import { withLifetime } from './servers/lifetime.ts'
import { authority, name, serve, serveTls } from './servers/serve.ts'
import { acceptOf } from './servers/websocket.ts'

/** Node with the check takes about 110 MB; the rest is for forty servers that send at once. */
const peakLimitBytes = 300_000_000
/** Twice the documented limit of a check without any response, because the machine may be busy. */
const tookLimitMs = 30_000

/** A machine that lacks processor time decides nothing; each further attempt has fewer servers. */
const mostAttempts = 4

describe('hostile servers at the same time', () => {
  let checked: Checked
  beforeAll(async () => {
    checked = await withLifetime(async () => {
      const started = await Promise.all(hostile.map(({ start }) => start()))
      const lists = started.map(({ row, resolver }) => ({
        resolver: resolver ?? '127.0.0.1:1',
        settings: { ca: authority.certificate },
        endpoints: [
          {
            id: 'row',
            component: 'agent',
            host: resolver === undefined ? '127.0.0.1' : name,
            serverName: name,
            protocol: 'https',
            clientProfile: { trust: { setting: 'ca' } },
            ...row,
          },
        ],
      }))
      const program = join(import.meta.dirname, 'servers/check-lists.ts')
      const checkLists = async (some: typeof lists): Promise<Checked> => {
        const output = await runInside(
          [],
          ['--disable-warning=ExperimentalWarning', program],
          some,
          AbortSignal.timeout(100_000),
        )
        return output as Checked // the program's own format
      }
      const together = await checkLists(lists)
      // So many attacks take the processor time of one another: the check then reports that, and no verdict.
      const results = [...together.results]
      for (let attempt = 1; attempt < mostAttempts; attempt += 1) {
        const starved = results.flatMap(([result], index) => (result?.cause === 'local.starved' ? [index] : []))
        if (starved.length === 0) break
        const again = await checkLists(lists.filter((_list, index) => starved.includes(index)))
        for (const [place, index] of starved.entries()) results[index] = again.results[place] ?? []
      }
      return { ...together, results }
    })
  }, 420_000)

  it.each(hostile.map(({ name: title }, index) => [title, index] as const))(
    '%s fails, with evidence of bounded length',
    (_title, index) => {
      const [result] = checked.results[index] ?? []
      expect(result?.verdict, JSON.stringify(result)).toBe('fail')
      expect(result?.cause).not.toBe('')
      for (const { evidence } of result?.stages ?? []) expect(evidence.length).toBeLessThanOrEqual(2_048)
      expect(result?.facts.addresses.length).toBeLessThanOrEqual(64)
    },
  )

  it('take a few buffers of memory each, and no longer than a server that does not respond', () => {
    expect(checked.results).toHaveLength(hostile.length)
    expect(checked.peakBytes).toBeLessThan(peakLimitBytes)
    expect(checked.tookMs).toBeLessThan(tookLimitMs)
  })
})

const protocols = Protocol.def.values

/** Valid beginnings, so that a parser reads on into the random bytes. */
const beginnings = [
  '',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: ',
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ',
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf('x')}\r\n\r\n`,
].map((text) => Buffer.from(text, 'latin1'))
const binary = [
  sasl,
  Buffer.concat([sasl, mechanisms('PLAIN').subarray(0, 12)]),
  header091,
  connectionStart().subarray(0, 20),
  Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0]),
]
const rest = fc.uint8Array({ maxLength: 600 })
const isLong = process.env.HANGAR_LONG === '1'
const within = (runs: number): { numRuns: number; interruptAfterTimeLimit: number } => ({
  numRuns: isLong ? 20 * runs : runs,
  // A test runs this at most twice within its limit of a minute.
  interruptAfterTimeLimit: isLong ? 25_000 : 15_000,
})

describe('random bytes', () => {
  it('never pass, crash or hang, whatever the expected protocol', async () => {
    const response = fc.record({
      protocol: fc.constantFrom(...protocols),
      beginning: fc.constantFrom(...beginnings, ...binary),
      rest,
      atOnce: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(response, async ({ protocol, beginning, rest: noise, atOnce }) => {
        const say = (socket: { end: (bytes: Buffer) => unknown }): void =>
          void socket.end(Buffer.concat([beginning, noise]))
        const server = await serve((socket) => (atOnce ? say(socket) : void socket.once('data', () => say(socket))))
        const startedAt = performance.now()
        const result = await check({ port: server.port, protocol, tls: false })
        expect(performance.now() - startedAt).toBeLessThan(20_000)
        expect(result.stages.at(-1)?.evidence.length).toBeLessThanOrEqual(2_048)
        if (noise.length > 0 && beginning.length === 0) expect(result.verdict).toBe('fail')
        await server.close()
      }),
      within(40),
    )
  })

  it('in response to the TLS hello always fail', async () => {
    const record = fc.constantFrom([0x16, 3, 3], [0x15, 3, 3], [0x14, 3, 3], [])
    await fc.assert(
      fc.asyncProperty(record, rest, async (start, noise) => {
        const say = Buffer.from([...start, ...noise])
        const server = await serve((socket) => void socket.once('data', () => socket.end(say)))
        expect((await check({ port: server.port })).verdict).toBe('fail')
        await server.close()
      }),
      within(25),
    )
  })

  it('in HTTP/2 and in WebSocket frames fail', async () => {
    const h2 = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
      Buffer.from([0, 0, 4, 1, 4, 0, 0, 0, 1]),
    )
    await fc.assert(
      fc.asyncProperty(h2, rest, async (start, noise) => {
        const say = Buffer.concat([start, noise])
        const server = await serveTls((socket) => void socket.once('data', () => socket.end(say)), {
          ALPNProtocols: ['h2'],
        })
        expect((await check({ port: server.port, protocol: 'grpc' })).verdict).toBe('fail')
        await server.close()
      }),
      within(15),
    )
    const ws = fc.constantFrom([0x82, 8], [0x82, 126], [0x82, 127], [0x00, 1], [0x89, 0], [])
    await fc.assert(
      fc.asyncProperty(ws, rest, async (start, noise) => {
        const server = await serveTls((socket) => {
          socket.once('data', (head: Buffer) => {
            const key = /sec-websocket-key: (.+)\r\n/i.exec(head.toString('latin1'))?.[1] ?? ''
            socket.write(
              `HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: amqp\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
            )
            socket.end(Buffer.from([...start, ...noise]))
          })
        })
        expect((await check({ port: server.port, protocol: 'amqp-ws' })).verdict).toBe('fail')
        await server.close()
      }),
      within(15),
    )
  })

  it('from an HTTP or SOCKS proxy open no tunnel', async () => {
    const begin = fc.constantFrom(
      '',
      'HTTP/1.1 ',
      'HTTP/1.1 407 \r\nProxy-Authenticate: ',
      '\u0005\u0000',
      '\u0005\u0000\u0005\u0000\u0000\u0003',
    )
    await fc.assert(
      fc.asyncProperty(begin, rest, fc.constantFrom('http', 'socks5'), async (start, noise, scheme) => {
        const say = Buffer.concat([Buffer.from(start, 'latin1'), noise])
        const server = await serve((socket) => void socket.once('data', () => socket.end(say)))
        const result = await check({ port: 443 }, { env: { HTTPS_PROXY: `${scheme}://127.0.0.1:${server.port}` } })
        expect(result.verdict, verdictOf(result)).toBe('fail')
        await server.close()
      }),
      within(20),
    )
  })
})

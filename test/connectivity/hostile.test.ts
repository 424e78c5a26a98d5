import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Protocol } from '../../preload/contract/profiles.ts'
import { check, checkList, said } from './check.ts'
import { connectionStart, header091, mechanisms, sasl } from './far-ends/amqp.ts'
import { serve, serveTls } from './far-ends/serve.ts'
import { acceptOf } from './far-ends/websocket.ts'

const protocols = Protocol.def.values

/** Beginnings that lead a parser inside, so that what follows is not thrown out at the door. */
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

const speech = fc.record({
  protocol: fc.constantFrom(...protocols),
  beginning: fc.constantFrom(...beginnings, ...binary),
  rest: fc.uint8Array({ maxLength: 600 }),
  atOnce: fc.boolean(),
})

describe('a hostile far end', () => {
  it('that says random bytes, then leaves, never passes, crashes nor hangs', async () => {
    await fc.assert(
      fc.asyncProperty(speech, async ({ protocol, beginning, rest, atOnce }) => {
        const say = (socket: { end: (bytes: Buffer) => unknown }): void =>
          void socket.end(Buffer.concat([beginning, rest]))
        const far = await serve((socket) => (atOnce ? say(socket) : void socket.once('data', () => say(socket))))
        const startedAt = performance.now()
        const result = await check({ port: far.port, protocol, tls: false })
        expect(performance.now() - startedAt).toBeLessThan(12_500)
        expect(result.stages.at(-1)?.evidence.length).toBeLessThanOrEqual(2_048)
        if (rest.length > 0 && beginning.length === 0) expect(result.verdict).toBe('fail')
        await far.close()
      }),
      { numRuns: 60, interruptAfterTimeLimit: 40_000 },
    )
  })

  it('that answers the TLS hello with random bytes fails, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([0x16, 3, 3], [0x15, 3, 3], [0x14, 3, 3], []),
        fc.uint8Array({ maxLength: 300 }),
        async (record, rest) => {
          const far = await serve(
            (socket) => void socket.once('data', () => socket.end(Buffer.from([...record, ...rest]))),
          )
          expect((await check({ port: far.port })).verdict).toBe('fail')
          await far.close()
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: 40_000 },
    )
  })

  it('that never stops talking costs bounded time and memory', async () => {
    const flood = Buffer.alloc(65_536, 'x')
    const endless =
      (start: string) =>
      (socket: Parameters<Parameters<typeof serveTls>[0]>[0]): void => {
        const more = (): void => void (socket.writable && socket.write(flood, more))
        socket.once('data', () => {
          socket.write(start)
          more()
        })
      }
    const headers = await serveTls(endless('HTTP/1.1 200 OK\r\nX: '))
    const body = await serveTls(endless('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>'))
    const chunk = await serveTls(endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n'))
    const before = process.memoryUsage().rss
    const { report } = await checkList([
      { port: headers.port },
      { port: body.port },
      { port: chunk.port, protocol: 'oci' },
      { port: headers.port, protocol: 'amqp1' },
      { port: headers.port, protocol: 'wss' },
    ])
    expect(report.results.map(said)).toEqual([
      'fail identity.protocol',
      'fail identity.block-page',
      'fail identity.protocol',
      'fail identity.protocol',
      'fail identity.protocol',
    ])
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('that keeps half of what it began to say is judged in time', async () => {
    const half = await serveTls(
      (socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"a":')),
    )
    const startedAt = performance.now()
    expect(said(await check({ port: half.port }))).toBe('pass')
    expect(said(await check({ port: half.port, protocol: 'acme' }))).toBe('fail identity.protocol')
    expect(performance.now() - startedAt).toBeLessThan(8_000)
  })

  it('that sends a compressed bomb has it read as it is', async () => {
    const bomb = await serveTls(
      (socket) =>
        void socket.once('data', () =>
          socket.end(
            Buffer.concat([
              Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n'),
              Buffer.alloc(40_000, 0x1f),
            ]),
          ),
        ),
    )
    expect(said(await check({ port: bomb.port, protocol: 'acme' }))).toBe('fail identity.protocol')
  })
})

import { describe, expect, it } from 'vitest'
import { check, evidenceOf, said } from './check.ts'
import { connectionStart, greeting, header, header091, mechanisms, plain10, sasl } from './far-ends/amqp.ts'
import { answering, html, json, write } from './far-ends/http.ts'
import { serve, serveTls } from './far-ends/serve.ts'
import { upgrading } from './far-ends/websocket.ts'

const one = async (
  protocol: string,
  act: Parameters<typeof serveTls>[0],
): Promise<Awaited<ReturnType<typeof check>>> => {
  const far = await serveTls(act)
  return check({ port: far.port, protocol })
}

describe('AMQP 1.0', () => {
  it('is known by the header that comes back and the mechanisms that follow', async () => {
    const result = await one(
      'amqp1',
      greeting(() => [sasl, mechanisms('MSSBCBS', 'PLAIN', 'ANONYMOUS', 'EXTERNAL')]),
    )
    expect(said(result)).toBe('pass auth.required')
    expect(evidenceOf(result)).toContain('MSSBCBS PLAIN ANONYMOUS EXTERNAL')
    expect(
      said(
        await one(
          'amqp1',
          greeting(() => [sasl, mechanisms('PLAIN')]),
        ),
      ),
    ).toBe('pass auth.required')
  })

  it('is known in pieces too, and without TLS where the row says so', async () => {
    const whole = Buffer.concat([sasl, mechanisms('PLAIN', 'EXTERNAL')])
    const far = await serve(
      (socket) => void socket.once('data', () => whole.forEach((byte) => void socket.write(Buffer.from([byte])))),
    )
    expect(said(await check({ port: far.port, protocol: 'amqp1', tls: false }))).toBe('pass auth.required')
  })

  it('without SASL passes', async () => {
    expect(
      said(
        await one(
          'amqp1',
          greeting(() => plain10),
        ),
      ),
    ).toBe('pass')
  })

  it('is not what an echo is', async () => {
    expect(said(await one('amqp1', (socket) => void socket.pipe(socket)))).toBe('fail identity.protocol')
    expect(
      said(
        await one(
          'amqp1',
          greeting(() => [sasl, mechanisms('')]),
        ),
      ),
    ).toBe('fail identity.protocol')
  })

  it('is told from other dialects', async () => {
    const older = await one(
      'amqp1',
      greeting(() => header091, true),
    )
    expect(said(older)).toBe('fail identity.dialect')
    expect(evidenceOf(older)).toContain('AMQP 0-9-1')
    expect(
      said(
        await one(
          'amqp1',
          greeting(() => header(2, 1, 0, 0), true),
        ),
      ),
    ).toBe('fail identity.dialect')
    expect(
      said(
        await one(
          'amqp1',
          greeting(() => header(1, 1, 0, 10), true),
        ),
      ),
    ).toBe('fail identity.dialect')
  })
})

describe('AMQP 0-9-1', () => {
  it('is known by Connection.Start', async () => {
    const result = await one(
      'amqp091',
      greeting(() => connectionStart({ product: 'RabbitMQ' })),
    )
    expect(said(result)).toBe('pass auth.required')
    expect(evidenceOf(result)).toContain('PLAIN AMQPLAIN')
    expect(evidenceOf(result)).toContain('RabbitMQ')
  })

  it('is told from AMQP 1.0 and from other versions', async () => {
    const newer = await one(
      'amqp091',
      greeting(() => sasl, true),
    )
    expect(said(newer)).toBe('fail identity.dialect')
    expect(evidenceOf(newer)).toContain('AMQP 1.0')
    expect(
      said(
        await one(
          'amqp091',
          greeting(() => connectionStart({ major: 8, minor: 0 })),
        ),
      ),
    ).toBe('fail identity.dialect')
  })

  it('is not a frame that merely looks like one', async () => {
    const cut = connectionStart()
    cut[cut.length - 1] = 0
    expect(
      said(
        await one(
          'amqp091',
          greeting(() => cut),
        ),
      ),
    ).toBe('fail identity.protocol')
    expect(said(await one('amqp091', (socket) => void socket.pipe(socket)))).toBe('fail identity.dialect')
  })
})

describe('what is no AMQP', () => {
  it('is named', async () => {
    const http = await one(
      'amqp1',
      answering(() => json({})),
    )
    expect(said(http)).toBe('fail identity.silent')
    const early = await one('amqp091', (socket) => void socket.write(write(html('Bad Request', 400))))
    expect(said(early)).toBe('fail identity.protocol')
    expect(evidenceOf(early)).toContain('an HTTP server')
    const ssh = await one('amqp1', (socket) => void socket.write('SSH-2.0-x\r\n'))
    expect(evidenceOf(ssh)).toContain('an SSH server')
  })

  it('and says nothing, or hangs up, is identity.silent', async () => {
    expect(said(await one('amqp1', (socket) => void socket.resume()))).toBe('fail identity.silent')
    expect(said(await one('amqp091', (socket) => void socket.once('data', () => socket.end())))).toBe(
      'fail identity.silent',
    )
  })
})

describe('AMQP over WebSocket', () => {
  const over = (
    reply: (payload: Buffer, send: (bytes: Buffer) => void) => void,
    subprotocol = 'amqp',
  ): ReturnType<typeof one> => one('amqp-ws', upgrading({ subprotocol, onMessage: reply }))

  it('is known by the same exchange in binary frames', async () => {
    const split = await over((payload, send) => {
      send(payload)
      send(mechanisms('PLAIN', 'ANONYMOUS'))
    }, 'AMQPWSB10')
    expect(said(split)).toBe('pass auth.required')
    expect(said(await over((payload, send) => send(Buffer.concat([payload, mechanisms('EXTERNAL')]))))).toBe(
      'pass auth.required',
    )
  })

  it('is not any WebSocket', async () => {
    expect(said(await over((payload, send) => send(payload)))).toBe('fail identity.protocol')
    expect(said(await over(() => undefined))).toBe('fail identity.silent')
    expect(said(await over((_payload, send) => send(header091)))).toBe('fail identity.dialect')
    expect(said(await over((_payload, send) => send(Buffer.from('hello you there'))))).toBe('fail identity.protocol')
  })

  it('that is refused is judged as a WebSocket', async () => {
    expect(
      said(
        await one(
          'amqp-ws',
          answering(() => ({ status: 404 })),
        ),
      ),
    ).toBe('fail identity.websocket')
    expect(
      said(
        await one(
          'amqp-ws',
          answering(() => ({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })),
        ),
      ),
    ).toBe('pass auth.required')
    expect(said(await one('amqp-ws', upgrading({ accept: 'AAAA' })))).toBe('fail identity.websocket')
  })
})

import { connectionStart, greeting, header, header091, mechanisms, plain10, sasl } from '../servers/amqp.ts'
import { answering, html, json, write } from '../servers/http.ts'
import { serve, serveTls } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

type Act = Parameters<typeof serveTls>[0]
const speaks =
  (protocol: string, act: Act, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await serveTls(act)).port, protocol, ...row } })
const inClear = (protocol: string, act: Parameters<typeof serve>[0]) => async (): Promise<Setup> => ({
  row: { port: (await serve(act)).port, protocol, tls: false },
})
const silent: Act = (socket) => void socket.resume()
const echo: Act = (socket) => void socket.pipe(socket)
const lastByteWrong = (): Buffer => {
  const start = connectionStart()
  start[start.length - 1] = 0
  return start
}

export const brokers: readonly Case[] = [
  fault(
    'auth.required',
    'AMQP 1.0 with the mechanisms of Service Bus',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('MSSBCBS', 'PLAIN', 'ANONYMOUS', 'EXTERNAL')]),
    ),
    { near: ['identity.dialect'] },
  ),
  fault(
    'auth.required',
    'AMQP 1.0 with a single mechanism',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('PLAIN')]),
    ),
  ),
  fault(
    'auth.required',
    'AMQP 1.0 byte by byte, without TLS',
    inClear('amqp1', (socket) => {
      const whole = Buffer.concat([sasl, mechanisms('PLAIN', 'EXTERNAL')])
      socket.once('data', () => whole.forEach((byte) => void socket.write(Buffer.from([byte]))))
    }),
  ),
  fine(
    ['identity.dialect', 'auth.required'],
    'AMQP 1.0 without SASL',
    speaks(
      'amqp1',
      greeting(() => plain10),
    ),
  ),
  fault('identity.protocol', 'an echo in place of AMQP 1.0', speaks('amqp1', echo), {
    near: ['auth.required', 'identity.dialect'],
  }),
  fault(
    'identity.protocol',
    'AMQP 1.0 without a mechanism',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('')]),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-9-1 where the endpoint has 1.0',
    speaks(
      'amqp1',
      greeting(() => header091, true),
    ),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.dialect',
    'AMQP with TLS inside the protocol where the endpoint has 1.0',
    speaks(
      'amqp1',
      greeting(() => header(2, 1, 0, 0), true),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-10 where the endpoint has 1.0',
    speaks(
      'amqp1',
      greeting(() => header(1, 1, 0, 10), true),
    ),
  ),
  fault(
    'auth.required',
    'AMQP 0-9-1 by Connection.Start',
    speaks(
      'amqp091',
      greeting(() => connectionStart({ product: 'RabbitMQ' })),
    ),
    { near: ['identity.dialect', 'identity.protocol'] },
  ),
  fault(
    'identity.dialect',
    'AMQP 1.0 where the endpoint has 0-9-1',
    speaks(
      'amqp091',
      greeting(() => sasl, true),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-8 where the endpoint has 0-9-1',
    speaks(
      'amqp091',
      greeting(() => connectionStart({ major: 8, minor: 0 })),
    ),
  ),
  fault('identity.dialect', 'an echo in place of AMQP 0-9-1', speaks('amqp091', echo)),
  fault(
    'identity.protocol',
    'a frame that only begins like Connection.Start',
    speaks('amqp091', greeting(lastByteWrong)),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.silent',
    'an HTTP server in place of AMQP that waits for more data',
    speaks(
      'amqp1',
      answering(() => json({})),
    ),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.protocol',
    'an HTTP server that refuses AMQP at once',
    speaks('amqp091', (socket) => void socket.write(write(html('Bad Request', 400)))),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protocol',
    'an SSH server in place of AMQP',
    speaks('amqp1', (socket) => void socket.write('SSH-2.0-x\r\n')),
    { near: ['identity.dialect'] },
  ),
  fault('identity.silent', 'a broker that sends nothing', speaks('amqp1', silent), {
    near: ['tls.stalled', 'tcp.timeout'],
  }),
  fault(
    'identity.silent',
    'a broker that closes the connection',
    speaks('amqp091', (socket) => void socket.once('data', () => socket.end())),
    { near: ['tcp.reset'] },
  ),
]

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import type { KubernetesClient } from './client.ts'
import { openCluster } from './open.ts'
import { forwardPort, frameReader, openPort } from './port-forward.ts'

const to = { namespace: 'default', pod: 'web', port: 8080 }
const soon = () => AbortSignal.timeout(5_000)
const data = (text: string) => Buffer.concat([Buffer.of(0), Buffer.from(text)])
const error = (text: string) => Buffer.concat([Buffer.of(1), Buffer.from(text)])
const portOn = (channel: number) => Buffer.of(channel, 0x90, 0x1f)

/** A stand-in of the API server: it confirms the port, then does what the test says. `open` are its connections. */
async function serveForward(
  act: (socket: WebSocket, request: IncomingMessage) => void,
  { refuse, confirm = true }: { refuse?: (response: ServerResponse) => void; confirm?: boolean } = {},
): Promise<{ client: KubernetesClient; open: ReadonlySet<WebSocket>; paths: string[] }> {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' })
  const paths: string[] = []
  const server = createServer((_request, response) => refuse?.(response))
  if (refuse === undefined)
    server.on('upgrade', (request, connection, head) => {
      paths.push(request.url ?? '')
      sockets.handleUpgrade(request, connection, head, (socket) => {
        if (confirm) for (const channel of [0, 1]) socket.send(portOn(channel))
        act(socket, request)
      })
    })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  const config = await kubeconfigFolder({ server: `http://127.0.0.1:${port}` }, { token: 'secret' })
  const client = await openCluster(config.connection)
  onTestFinished(async () => {
    await client.close()
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
    await config.remove()
  })
  return { client, open: sockets.clients, paths }
}

const endWith = (socket: WebSocket, text: string): void => {
  socket.send(data(text))
  socket.close(1000)
}

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}

it.each([
  ['data', [portOn(0), portOn(1), data('hello')], { kind: 'data', content: Buffer.from('hello') }],
  ['the second confirmation', [portOn(1), portOn(0)], { kind: 'begun' }],
  ['the first confirmation', [portOn(1)], { kind: 'pending' }],
  [
    'an error, without control characters',
    [portOn(0), portOn(1), error('no\u001b[31m port\n')],
    { kind: 'error', text: 'no [31m port' },
  ],
  ['a long error, cut', [portOn(0), portOn(1), error('x'.repeat(5_000))], { kind: 'error', text: 'x'.repeat(1_024) }],
  ['another port', [Buffer.of(0, 1, 0)], { kind: 'invalid', reason: 'channel 0 began with 0100' }],
  ['data before the port', [data('HTTP/1.1')], { kind: 'invalid', reason: 'channel 0 began with 485454502f312e31' }],
  ['another channel', [Buffer.of(2, 1)], { kind: 'invalid', reason: 'channel 2' }],
  ['an empty frame', [Buffer.of()], { kind: 'invalid', reason: 'channel undefined' }],
])('a frame with %s is read', (_name, frames, expected) => {
  const read = frameReader(8080)

  expect(frames.map(read).at(-1)).toEqual(expected)
})

it('an output continues after the end of the input', async () => {
  const { client } = await serveForward((socket) =>
    socket.once('message', () => setTimeout(() => endWith(socket, 'late'), 300)),
  )
  const stream = await openPort(client, to, soon())

  stream.end('question')

  expect(await textOf(stream)).toBe('late')
})

it('a pod that stays silent after the end of the input ends the connection with TIMED_OUT', async () => {
  const { client, open } = await serveForward(() => undefined)
  const stream = await openPort(client, { ...to, silenceMs: 100 }, soon())

  stream.end('question')

  await expect(textOf(stream)).rejects.toMatchObject({ code: 'TIMED_OUT' })
  await expect.poll(() => open.size).toBe(0)
})

it('the text of the error channel is the evidence, and what came before it is read first', async () => {
  const { client } = await serveForward((socket) => {
    socket.send(data('a'.repeat(200_000)))
    socket.send(error('connection reset by peer'))
    socket.close(1000)
  })
  const stream = await openPort(client, to, soon())
  let size = 0

  await delay(200)
  const reading = (async () => {
    for await (const chunk of stream) size += chunk.length
  })()

  await expect(reading).rejects.toMatchObject({
    code: 'PORT_FORWARD_FAILED',
    message: 'The forward to port 8080 of pod default/web failed.',
    evidence: 'connection reset by peer',
  })
  expect(size).toBe(200_000)
})

it('an error that arrives with the confirmation fails the stream, not the process', async () => {
  const { client } = await serveForward((socket) => socket.send(error('connection refused')))

  const stream = await openPort(client, to, soon())

  await expect(textOf(stream)).rejects.toMatchObject({ evidence: 'connection refused' })
})

it('an interrupted connection is a failure, a closed one is an end', async () => {
  const interrupted = await serveForward((socket) => setTimeout(() => socket.terminate(), 50))
  const closed = await serveForward((socket) => socket.close(1000))

  await expect(openPort(interrupted.client, to, soon()).then(textOf)).rejects.toMatchObject({
    code: 'PORT_FORWARD_FAILED',
    evidence: 'WebSocket close code 1006',
  })
  expect(await openPort(closed.client, to, soon()).then(textOf)).toBe('')
})

it('a peer that breaks the protocol is refused before the stream is given', async () => {
  const { client, open } = await serveForward((socket) => socket.send(data('HTTP/1.1 200 OK')), { confirm: false })

  await expect(openPort(client, to, soon())).rejects.toMatchObject({ code: 'PORT_FORWARD_FAILED' })
  await expect.poll(() => open.size).toBe(0)
})

it('a peer that confirms nothing is left at the signal, and its connection is closed', async () => {
  const { client, open } = await serveForward(() => undefined, { confirm: false })

  await expect(openPort(client, to, AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect.poll(() => open.size).toBe(0)
})

it('names are encoded in the path', async () => {
  const { client, paths } = await serveForward((socket) => socket.close(1000))

  await textOf(await openPort(client, { ...to, pod: 'a/b?c' }, soon()))

  expect(paths).toEqual(['/api/v1/namespaces/default/pods/a%2Fb%3Fc/portforward?ports=8080'])
})

it.each([
  [403, 'Forbidden', 'CLUSTER_FORBIDDEN'],
  [404, 'NotFound', 'CLUSTER_REFUSED'],
  [401, 'Unauthorized', 'CLUSTER_UNAUTHORIZED'],
])('the response that refuses the WebSocket with %i is reported', async (statusCode, reason, code) => {
  const refuse = (response: ServerResponse): void => {
    response.writeHead(statusCode, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ kind: 'Status', code: statusCode, reason, message: 'pods "web": no' }))
  }
  const { client } = await serveForward(() => undefined, { refuse })

  await expect(openPort(client, to, soon())).rejects.toMatchObject({
    code,
    status: { reason, message: 'pods "web": no' },
  })
})

it('a refusal without an end is cut', async () => {
  const refuse = (response: ServerResponse): void => {
    response.writeHead(500, { 'content-type': 'text/plain' })
    const more = setInterval(() => response.write('x'.repeat(16_384)), 1)
    response.once('close', () => clearInterval(more))
  }
  const { client } = await serveForward(() => undefined, { refuse })

  await expect(openPort(client, to, soon())).rejects.toMatchObject({ code: 'CLUSTER_REFUSED' })
})

it('a reader that is behind stops the pod, and gets every byte', async () => {
  const chunk = data('x'.repeat(2 ** 20))
  let sent = 0
  const { client } = await serveForward((socket) => {
    const send = (): void => {
      if (sent === 64) socket.close(1000)
      else socket.send(chunk, send)
      sent += 1
    }
    send()
  })
  const stream = await openPort(client, to, soon())

  await delay(500)
  const [held, sentUntilNow] = [stream.readableLength, sent]
  let size = 0
  for await (const part of stream) size += part.length

  expect(held).toBeLessThan(4 * 2 ** 20)
  expect(sentUntilNow).toBeLessThan(32)
  expect(size).toBe(64 * 2 ** 20)
})

it('a writer waits while the pod does not read', async () => {
  const { client } = await serveForward((socket) => socket.pause())
  const stream = await openPort(client, to, soon())
  stream.on('error', () => undefined)
  let written = 0

  const writing = (async () => {
    for (; written < 1_600; written += 1) await new Promise((resolve) => stream.write(Buffer.alloc(32_768), resolve))
  })()
  await delay(500)
  const after = written
  stream.destroy(new Error('enough'))
  await writing

  expect(after).toBeLessThan(800)
})

it('the signal ends the stream with its reason and closes the connection', async () => {
  const { client, open } = await serveForward(() => undefined)
  const stop = new AbortController()
  const stream = await openPort(client, to, stop.signal)
  const reading = textOf(stream)

  stop.abort(new Error('enough'))

  await expect(reading).rejects.toThrow('enough')
  await expect.poll(() => open.size).toBe(0)
})

it('closing the client closes its connections', async () => {
  const { client, open } = await serveForward(() => undefined)
  const stream = await openPort(client, to, soon())
  const reading = textOf(stream)

  await client.close()

  await expect(reading).rejects.toMatchObject({ code: 'PORT_FORWARD_FAILED' })
  await expect.poll(() => open.size).toBe(0)
})

it('a listener forwards each connection, resets one that fails, and says why', async () => {
  const answers = ['first', 'second']
  const { client, open } = await serveForward((socket) => {
    const answer = answers.shift()
    if (answer === undefined) socket.send(error('connection refused'))
    else socket.once('message', () => endWith(socket, answer))
  })
  const problems: string[] = []
  const onProblem = ({ evidence }: { evidence: string }) => void problems.push(evidence)
  const forward = await forwardPort(client, { ...to, onProblem }, soon())
  const ask = () => {
    const local = connect(forward.port, '127.0.0.1')
    local.write('question')
    return textOf(local)
  }

  expect([await ask(), await ask()]).toEqual(['first', 'second'])
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(problems).toEqual(['connection refused'])
  await expect.poll(() => open.size).toBe(0)
  await forward.close()
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('a listener closes a connection beyond its limit', async () => {
  const { client, open } = await serveForward((socket) => socket.send(data('welcome')))
  const problems: string[] = []
  const onProblem = ({ message }: { message: string }) => void problems.push(message)
  const forward = await forwardPort(client, { ...to, connections: 1, onProblem }, soon())
  const first = connect(forward.port, '127.0.0.1')
  first.on('error', () => undefined)
  await once(first, 'data')

  const second = connect(forward.port, '127.0.0.1')
  second.on('error', () => undefined)
  await once(second, 'close')

  expect(problems).toEqual(['The forward to port 8080 of pod default/web has 1 connections already.'])
  await forward.close()
  await expect.poll(() => [open.size, first.destroyed]).toEqual([0, true])
})

it('a local connection that closes ends its forward', async () => {
  const { client, open } = await serveForward((socket) => socket.send(data('welcome')))
  const forward = await forwardPort(client, { ...to, silenceMs: 100 }, soon())
  const local = connect(forward.port, '127.0.0.1')
  await once(local, 'data')

  local.destroy()

  await expect.poll(() => open.size).toBe(0)
})

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call, closed, largeBytes, openSocket, signIn, startHost } from './host.ts'

/** A program that holds connections open: it sends the beginning of a request, and no more. */
async function holdConnections(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write('GET / HTTP/1.1\r\nhost: 127.')
    }),
  )
  return sockets
}

function load(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })
}

describe('connections that have not signed in', () => {
  it('cannot keep a page from loading, nor a session from its calls: 500 slow ones', async () => {
    const host = await startHost()
    const { socket } = await signIn(host)
    const startedMs = performance.now()

    await holdConnections(host.port, 500)

    expect(await load(host.port, '/')).toBe(200)
    expect(await load(host.port, '/assets/main.js')).toBe(200)
    expect(await call(socket, '/settings/about')).toMatchObject({ status: 200 })
    await signIn(host)
    expect(performance.now() - startedMs).toBeLessThan(4_000)
  })

  it('are at most 128: the oldest are closed', async () => {
    const { port } = await startHost()
    const sockets = await holdConnections(port, 300)
    const open = (): number => sockets.filter(({ destroyed }) => !destroyed).length

    await expect.poll(open).toBeLessThanOrEqual(128)
    expect(open()).toBeGreaterThan(100)
    expect(sockets.slice(0, 100).every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('cannot close a signed-in socket, and neither can upgraded sockets without a sign-in', async () => {
    const host = await startHost()
    const { socket } = await signIn(host)

    await Promise.all(Array.from({ length: 200 }, () => openSocket(host.port)))

    expect(await call(socket, '/settings/about')).toMatchObject({ status: 200 })
    expect(await load(host.port, '/')).toBe(200)
  })

  it.each([
    ['sends nothing', ''],
    ['sends half a header', 'GET / HTTP/1.1\r\nhost: 127.'],
  ])('are closed within 8 s where one %s', async (_what, text) => {
    const { port } = await startHost()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    const startedMs = performance.now()
    socket.write(text)

    await once(socket, 'close')

    expect(performance.now() - startedMs).toBeLessThan(8_000)
  })
})

it('connections that have not signed in are closed when one does not read its response for ten seconds', async () => {
  const { port } = await startHost()
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.write(`GET /assets/large.js HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
  await sleep(11_000)
  let bytes = 0

  socket.on('data', (chunk) => {
    bytes += chunk.length
  })
  await once(socket, 'close')

  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan(largeBytes)
})

describe('a session', () => {
  it('that opens 10,000 streams gets 128, and the calls of others wait less than a second', async () => {
    const host = await startHost()
    const [{ key }, other] = [await signIn(host), await signIn(host)]
    const greedy = new Worker(new URL('./greedy.ts', import.meta.url), {
      workerData: { port: host.port, key, count: 10_000 },
    })
    onTestFinished(async () => void (await greedy.terminate()))
    let slowestMs = 0
    let isDone = false
    const answers = once(greedy, 'message').finally(() => {
      isDone = true
    })
    while (!isDone) {
      const startedMs = performance.now()
      await call(other.socket, '/settings/about')
      slowestMs = Math.max(slowestMs, performance.now() - startedMs)
    }

    expect(slowestMs).toBeLessThan(1_000)
    const [outcomes] = await answers
    const refused = outcomes.filter(({ status }: { status: number }) => status !== 200)
    expect(refused.length).toBe(10_000 - 128)
    expect(refused[0].error).toMatchObject({
      code: 'TOO_MANY_CALLS',
      message: 'This session has too many open streams.',
      data: { hint: expect.stringContaining('Close other windows') },
    })
    expect(host.streams.size).toBe(128)
  })

  it('gets its streams back when their window closes', async () => {
    const host = await startHost()
    const first = await signIn(host)
    await Promise.all(Array.from({ length: 128 }, () => call(first.socket, '/operations/watch')))
    const second = await signIn(host, first.key)
    expect(await call(second.socket, '/operations/watch')).not.toMatchObject({ status: 200 })

    first.socket.terminate()

    await expect.poll(() => call(second.socket, '/operations/watch')).toMatchObject({ status: 200 })
  })

  it('has at most 64 calls at once, and more after they have ended', async () => {
    const host = await startHost()
    const { socket } = await signIn(host)
    const calls = Array.from({ length: 65 }, () => call(socket, '/vault/status'))

    expect((await calls[64])?.body).toMatchObject({ code: 'TOO_MANY_CALLS' })
    host.answerCalls()
    expect(await calls[63]).toMatchObject({ status: 200 })
    expect(await call(socket, '/vault/status')).toMatchObject({ status: 200 })
  })

  it('has at most 32 sockets', async () => {
    const host = await startHost()
    const { key } = await signIn(host)
    for (let count = 1; count < 32; count += 1) await signIn(host, key)

    const socket = await openSocket(host.port)
    const code = closed(socket)
    socket.send(JSON.stringify({ key }))

    expect(await code).toBe(1013)
  })
})

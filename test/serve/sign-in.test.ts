import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { closeCode } from '../../preload/browser-session.ts'
import { call, closed, hello, openSocket, signIn, startHost, tokenOf } from './host.ts'

describe('a socket that has not signed in', () => {
  it.each([
    ['a call', { i: '1', p: { u: '/settings/about' } }, closeCode.unknown],
    ['a wrong token', { token: 'guess' }, closeCode.tokenUsed],
    ['a wrong key', { key: 'guess' }, closeCode.unknown],
    ['fields of another type', { key: 1 }, 1006],
    ['no object', 'key', 1006],
  ])('is closed after %s', async (_what, message, code) => {
    const host = await startHost()

    expect(await hello(await openSocket(host.port), message)).toBe(code)
  })

  it('is closed after a token that another socket has used, also with every cookie and header of the browser', async () => {
    const host = await startHost()
    const token = tokenOf(host.createAddress())
    await hello(await openSocket(host.port), { token })
    const headers = { cookie: `hangar-${host.port}=guess; token=${token}`, authorization: `Bearer ${token}` }

    expect(await hello(await openSocket(host.port, { headers }), { token })).toBe(closeCode.tokenUsed)
    expect(await hello(await openSocket(host.port, { headers }), {})).toBe(closeCode.unknown)
  })

  it('is closed when its first message is long, before the message is complete', async () => {
    const { port } = await startHost()
    const socket = await openSocket(port)
    const code = closed(socket)
    const startedMs = performance.now()

    socket.send('x'.repeat(4_096), { fin: false })

    expect(await code).toBe(1006)
    // Before the time limit, which would close it too.
    expect(performance.now() - startedMs).toBeLessThan(4_000)
  })

  it('is closed when it sends nothing for five seconds', async () => {
    const { port } = await startHost()
    const startedMs = performance.now()

    expect(await closed(await openSocket(port))).toBe(1006)
    expect(performance.now() - startedMs).toBeLessThan(8_000)
  })
})

describe('a session', () => {
  it('lets a reload in again, with the same proof', async () => {
    const host = await startHost()
    const { socket, key, proof } = await signIn(host)
    socket.terminate()

    expect(await signIn(host, key)).toMatchObject({ key, proof })
  })

  it('is closed when a frame exceeds 16 MB', async () => {
    const { socket } = await signIn(await startHost())
    const code = closed(socket)

    socket.send(Buffer.alloc(16 * 1024 * 1024 + 1))

    expect(await code).toBe(1009)
  })

  it('ends with a sign-out: all of its sockets, streams and its key, and no other session', async () => {
    const host = await startHost()
    const [first, other] = [await signIn(host), await signIn(host)]
    const second = await signIn(host, first.key)
    expect(await call(second.socket, '/operations/watch')).toMatchObject({ status: 200 })
    expect(host.streams.size).toBe(1)
    const secondClosed = closed(second.socket)

    first.socket.close(closeCode.signOut)

    expect(await secondClosed).toBe(closeCode.signedOut)
    await expect.poll(() => host.streams.size).toBe(0)
    expect(await hello(await openSocket(host.port), { key: first.key })).toBe(closeCode.unknown)
    expect(await call(other.socket, '/settings/about')).toMatchObject({ status: 200 })
  })

  it('answers no call after it has ended, to a client that ignores the close', async () => {
    const host = await startHost()
    const [first, other] = [await signIn(host), await signIn(host)]
    const ignoring = await signIn(host, first.key)
    const received: unknown[] = []
    ignoring.socket.on('message', (data) => received.push(JSON.parse(String(data))))
    const code = closed(ignoring.socket)
    // As a client that never sends its own close frame.
    ignoring.socket.close = () => undefined
    Reflect.get(ignoring.socket, '_receiver').removeAllListeners('conclude')

    first.socket.close(closeCode.signOut)
    await once(first.socket, 'close')
    void call(ignoring.socket, '/settings/about')
    const startedMs = performance.now()

    expect(await code).toBe(1006)
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    expect(received).toEqual([])
    expect(await call(other.socket, '/settings/about')).toMatchObject({ status: 200 })
  })
})

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { queryFamily, type Server } from './query.ts'

const servers: Socket[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(resolve))
  await expect.poll(openSockets).toBe(0)
})

/** A server that never answers. Resolves `asked` with its first query. */
async function silentServer(): Promise<{ server: Server; asked: Promise<unknown> }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  servers.push(socket)
  const { address, port } = socket.address()
  return { server: { address, port }, asked: once(socket, 'message') }
}

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length

test.each([1, 2, 3])('a cancelled query of %i servers leaves no socket open', async (count) => {
  const silent = await Promise.all(Array.from({ length: count }, silentServer))
  const before = openSockets()
  const cancelled = new AbortController()
  const query = queryFamily(
    'api.example.com',
    4,
    silent.map(({ server }) => server),
    cancelled.signal,
  )
  await silent[0]?.asked
  expect(openSockets()).toBeGreaterThan(before)
  cancelled.abort(new Error('cancelled'))
  await expect(query).rejects.toThrow('cancelled')
  await expect.poll(openSockets).toBe(before)
})

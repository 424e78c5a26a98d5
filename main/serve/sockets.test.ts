import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { parseHello, readInTurns } from './sockets.ts'

/** The part of a socket that reading needs. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  isPaused = false
  pause() {
    this.isPaused = true
  }
  resume() {
    this.isPaused = false
  }
  closedWith = 0
  close(code: number) {
    this.closedWith = code
  }
  receive(count: number) {
    for (let index = 0; index < count; index += 1) this.emit('message', Buffer.from(String(index)), false)
  }
}

function start() {
  const socket = new FakeSocket()
  const read: (string | ArrayBuffer)[] = []
  readInTurns(socket as unknown as WebSocket, (message) => read.push(message)) // only what is used here
  return { socket, read }
}

describe('reading in turns', () => {
  it('passes on 50 messages per turn of the event loop, in order, and reads no more before they are passed on', async () => {
    const { socket, read } = start()
    socket.receive(120)
    const seen: [number, boolean][] = []

    for (let count = 0; count < 3; count += 1) {
      await turn()
      seen.push([read.length, socket.isPaused])
    }

    expect(seen).toEqual([
      [50, true],
      [100, true],
      [120, false],
    ])
    expect(read).toEqual(Array.from({ length: 120 }, (_, index) => String(index)))
  })

  it('drops what is waiting when the socket closes', async () => {
    const { socket, read } = start()
    socket.receive(120)
    await turn()
    socket.readyState = 2

    await turn()
    await turn()

    expect(read.length).toBe(50)
  })
})

describe('a message of a script in the window', () => {
  it.each([
    ['has 5,000,000 values', '[],'.repeat(5_000_000)],
    ['is nested 10,000 deep', '['.repeat(10_000)],
  ])('is not parsed where it %s, and closes the socket', async (_what, settings) => {
    const { socket, read } = start()

    socket.emit(
      'message',
      Buffer.from(`{"i":"1","p":{"u":"/planes/create","b":{"json":{"settings":[${settings}`),
      false,
    )
    await turn()

    expect(read).toEqual([])
    expect(socket.closedWith).toBe(1009)
  })

  it('is passed on where a text in it is large', async () => {
    const { socket, read } = start()

    socket.emit('message', Buffer.from(JSON.stringify({ text: '[,{'.repeat(600_000) })), false)
    await turn()

    expect(read.length).toBe(1)
    expect(socket.closedWith).toBe(0)
  })
})

describe('parseHello', () => {
  it.each([
    ['{"key":"a"}', { key: 'a', token: undefined }],
    ['{"token":"b","key":"a","more":1}', { key: 'a', token: 'b' }],
    ['{}', { key: undefined, token: undefined }],
    ['{"key":1}', undefined],
    ['{"token":null}', undefined],
    ['null', undefined],
    ['"key"', undefined],
    ['{', undefined],
    ['', undefined],
  ])('reads %s', (text, hello) => {
    expect(parseHello(Buffer.from(text))).toEqual(hello)
  })
})

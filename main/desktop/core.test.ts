import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '@orpc/server'
import type { MessagePortMain } from 'electron'
import { expect, it } from 'vitest'
import { contract } from '../../preload/contract/index.ts'
import type { App } from '../app.ts'
import { startCore } from './core.ts'

/** The window's end of a port, as the host has it. */
async function connected() {
  const os = implement(contract)
  const calls: unknown[] = []
  const remove = os.profiles.remove.handler(({ input }) => {
    calls.push(input)
    return {}
  })
  const app = { router: { profiles: { remove } } } as unknown as App // only what is called
  const answers: string[] = []
  const port = Object.assign(new EventEmitter(), {
    postMessage: (message: string) => answers.push(message),
    close: () => undefined,
  })
  startCore(
    async () => app,
    () => undefined,
  ).connect(port as unknown as MessagePortMain)
  await sleep(10)
  const send = async (data: unknown): Promise<void> => {
    port.emit('message', { data })
    await sleep(20)
  }
  return { send, calls, answers }
}

const call = (input: unknown) => ({ i: '1', p: { u: '/profiles/remove', b: { json: input } } })

it('answers a call of the window', async () => {
  const { send, calls, answers } = await connected()

  await send(JSON.stringify(call({ name: 'own' })))

  expect(calls).toEqual([{ name: 'own' }])
  expect(answers.length).toBe(1)
})

it.each([
  ['has over 100,000 values', JSON.stringify(call({ name: 'own', more: Array.from({ length: 100_001 }, () => 0) }))],
  ['is nested too deep', `{"i":"1","p":{"u":"/profiles/remove","b":{"json":${'['.repeat(200)}${']'.repeat(200)}}}}`],
  ['is no text', call({ name: 'own' })],
])('drops a message that %s', async (_what, message) => {
  const { send, calls, answers } = await connected()

  await send(message)

  expect(calls).toEqual([])
  expect(answers).toEqual([])
})

import { createRouterClient } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { createRouter, type Services } from './router.ts'

/** A client whose `profiles.list` throws this, and the errors that were recorded as faults. */
function clientThatThrows(thrown: () => unknown) {
  const faults: unknown[] = []
  const list = () => Promise.reject(thrown())
  const services = { profiles: { list } } as unknown as Services // of which one procedure is called
  const about = { version: '0', platform: 'linux', host: 'terminal' } as never // is not called
  return {
    client: createRouterClient(createRouter(services, about, (_reference, error) => faults.push(error))),
    faults,
  }
}

describe('what a procedure throws', () => {
  it.each([
    ['a time limit', () => new DOMException('aborted due to timeout', 'TimeoutError'), 'TIMED_OUT'],
    ['an abort', () => new DOMException('This operation was aborted', 'AbortError'), 'CANCELLED'],
    [
      'an abort of Node',
      () => Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
      'CANCELLED',
    ],
  ])('%s is reported with its code, and is no fault', async (_name, thrown, code) => {
    const { client, faults } = clientThatThrows(thrown)

    await expect(client.profiles.list()).rejects.toMatchObject({ code })
    expect(faults).toEqual([])
  })

  it('the reason with which the caller ended the call is no fault', async () => {
    const stop = new AbortController()
    const { client, faults } = clientThatThrows(() => {
      stop.abort(new Error('the window was closed'))
      return stop.signal.reason
    })

    await expect(client.profiles.list(undefined, { signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(faults).toEqual([])
  })

  it('any other error is a fault, and the caller receives its reference alone', async () => {
    const error = new TypeError('secret is not a function')
    const { client, faults } = clientThatThrows(() => error)

    await expect(client.profiles.list()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'Something unexpected went wrong.',
      data: { evidence: expect.stringMatching(/^Reference [0-9a-f-]{36}$/) },
    })
    expect(faults).toEqual([error])
  })
})

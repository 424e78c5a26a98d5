import { describe, expect, it, onTestFinished } from 'vitest'
import { OpenRequests } from './open-requests.ts'

function subscriber(openRequests: OpenRequests) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  return { events: openRequests.subscribe(stop.signal), stop: () => stop.abort() }
}

describe('a click on a notification', () => {
  it('reaches the open window', async () => {
    const openRequests = new OpenRequests()
    const { events } = subscriber(openRequests)
    const received = events.next()
    openRequests.request('one')

    expect((await received).value).toEqual({ planeId: 'one' })
  })

  it('waits for a window that opens later, and reaches one window only', async () => {
    const openRequests = new OpenRequests()
    openRequests.request('first')
    openRequests.request('last')
    const [window, other] = [subscriber(openRequests), subscriber(openRequests)]

    expect((await window.events.next()).value).toEqual({ planeId: 'last' })
    const nothing = other.events.next()
    other.stop()
    expect(await nothing).toEqual({ done: true, value: undefined })
  })
})

import { describe, expect, it, onTestFinished } from 'vitest'
import { OpenRequests } from './open-requests.ts'

function listener(openings: OpenRequests) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  return { events: openings.subscribe(stop.signal), stop: () => stop.abort() }
}

describe('a click on a notification', () => {
  it('is heard by the window that is open', async () => {
    const openings = new OpenRequests()
    const { events } = listener(openings)
    const heard = events.next()
    openings.ask('one')

    expect((await heard).value).toEqual({ planeId: 'one' })
  })

  it('waits for a window that is only opened for it, and is heard once', async () => {
    const openings = new OpenRequests()
    openings.ask('first')
    openings.ask('last')
    const [window, other] = [listener(openings), listener(openings)]

    expect((await window.events.next()).value).toEqual({ planeId: 'last' })
    const nothing = other.events.next()
    other.stop()
    expect(await nothing).toEqual({ done: true, value: undefined })
  })
})

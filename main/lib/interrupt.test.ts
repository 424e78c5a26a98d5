import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { interruptSignal } from './interrupt.ts'

const name = 'SIGUSR2'
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  process.removeAllListeners(name)
  vi.useRealTimers()
})

it('treats a second signal within half a second as the same Ctrl-C, forwarded by npm', () => {
  const again = vi.fn()
  const signal = interruptSignal([name], again)

  process.emit(name)
  vi.advanceTimersByTime(400)
  process.emit(name)

  expect(signal.aborted).toBe(true)
  expect(again).not.toHaveBeenCalled()
})

it('reports a later signal as a second request', () => {
  const again = vi.fn()
  const signal = interruptSignal([name], again)
  expect(signal.aborted).toBe(false)

  process.emit(name)
  vi.advanceTimersByTime(600)
  process.emit(name)

  expect(again).toHaveBeenCalledOnce()
})

import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { whenUninstalled } from './uninstalled.ts'

const everyMs = 2
const earlier = '2026-01-01T00:00:00Z'
const later = '2026-02-01T00:00:00Z'

function watching(before: string | undefined, read: () => Promise<{ uninstalledAt?: string }>): AbortSignal {
  const end = new AbortController()
  onTestFinished(() => end.abort())
  return whenUninstalled({ uninstalledAt: before }, read, end.signal, everyMs)
}

it.each<[string, string | undefined, string | undefined, boolean]>([
  ['an uninstall ends the collection', undefined, later, true],
  ['a second uninstall ends the collection', earlier, later, true],
  ['a collection that was started after an uninstall continues', earlier, earlier, false],
  ['a collection of an installed plane continues', undefined, undefined, false],
  ['a new installation does not end the collection', earlier, undefined, false],
])('%s', async (_, before, now, ends) => {
  let reads = 0
  const signal = watching(before, async () => {
    reads += 1
    return now === undefined ? {} : { uninstalledAt: now }
  })
  await expect.poll(() => signal.aborted || reads > 2).toBe(true)
  expect(signal.aborted).toBe(ends)
})

it('a plane that cannot be read ends nothing, and is read again', async () => {
  let reads = 0
  const signal = watching(undefined, async () => {
    reads += 1
    if (reads < 3) throw new Error('busy')
    return { uninstalledAt: later }
  })
  await expect.poll(() => signal.aborted).toBe(true)
  expect(reads).toBe(3)
})

it('reads nothing after the collection was stopped', async () => {
  const end = new AbortController()
  let reads = 0
  const read = async () => {
    reads += 1
    return { uninstalledAt: later }
  }
  whenUninstalled({}, read, end.signal, everyMs)
  end.abort()
  await delay(4 * everyMs)
  expect(reads).toBe(0)
})

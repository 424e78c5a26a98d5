import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AttemptLimit, remainingMs, waitAfterMs } from './attempts.ts'

describe('the wait after wrong passphrases', () => {
  it('starts with the third and doubles up to 5 minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 9, 10, 11, 1_000].map(waitAfterMs)).toEqual([
      0, 0, 0, 2_000, 4_000, 8_000, 128_000, 256_000, 300_000, 300_000,
    ])
  })

  it.each([
    ['at once', 10_000, 4_000],
    ['later', 13_000, 1_000],
    ['after it', 14_000, 0],
    ['with a clock that was set back by a year', -31_536_000_000, 4_000],
  ])('has as much left as was not waited: %s', (_, nowMs, leftMs) => {
    expect(remainingMs({ failures: 4, lastAtMs: 10_000 }, nowMs)).toBe(leftMs)
  })
})

describe('AttemptLimit', () => {
  let folder: string
  let nowMs: number
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-attempts-'))
    nowMs = 1_000_000
  })
  afterEach(() => rm(folder, { recursive: true }))
  // A new one each time: as after a restart.
  const limit = () => new AttemptLimit(join(folder, 'attempts.json'), () => nowMs)
  const fail = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) await limit().begin()
  }

  it('refuses the fourth attempt over restarts, names the wait, and permits it afterwards', async () => {
    await fail(3)
    await expect(limit().begin()).rejects.toMatchObject({
      code: 'VAULT_ATTEMPTS_LIMITED',
      message: 'Too many wrong passphrases: 3. The next one can be tried in 2 s.',
    })
    nowMs += 2_000
    await limit().begin()
    await expect(limit().begin()).rejects.toMatchObject({ code: 'VAULT_ATTEMPTS_LIMITED' })
  })

  it('counts from zero after the right passphrase', async () => {
    await fail(3)
    await limit().succeeded()
    await fail(3)
  })

  it('neither shortens the wait nor makes it endless when the clock is set back', async () => {
    await fail(3)
    nowMs = 0
    await expect(limit().begin()).rejects.toMatchObject({ code: 'VAULT_ATTEMPTS_LIMITED' })
    nowMs += 2_000
    await limit().begin()
  })

  it('starts again where its file is damaged', async () => {
    await fail(3)
    await writeFile(join(folder, 'attempts.json'), '{')
    await limit().begin()
  })
})

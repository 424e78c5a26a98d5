import { describe, expect, it } from 'vitest'
import type { VaultStatus } from '../../preload/contract/vault.ts'
import { AutoLock, type AutoLockSettings, locksItself, reasonToLock } from './auto-lock.ts'

const minute = 60_000
const settings = (change: Partial<AutoLockSettings> = {}): AutoLockSettings => ({
  vaultAutoLock: 'automatic',
  vaultIdleMinutes: 15,
  ...change,
})

describe('whether the vault locks itself', () => {
  it.each([
    ['automatic', 'passphrase', true],
    ['automatic', 'keychain', false],
    ['on', 'keychain', true],
    ['off', 'passphrase', false],
  ] as const)('%s with a %s: %s', (vaultAutoLock, backend, locks) => {
    expect(locksItself(settings({ vaultAutoLock }), backend)).toBe(locks)
  })
})

describe('the reason to lock', () => {
  it.each([
    ['nothing yet', { nowMs: 15 * minute - 1, activeMs: 0, tickMs: 15 * minute - 5_000 }, undefined],
    ['no user for the idle time', { nowMs: 15 * minute, activeMs: 0, tickMs: 15 * minute - 5_000 }, 'idle'],
    ['a late timer', { nowMs: 2 * minute, activeMs: 2 * minute - 1, tickMs: minute }, 'suspended'],
    ['a clock that was set back', { nowMs: -minute, activeMs: 0, tickMs: 0 }, undefined],
  ])('after %s', (_, moments, reason) => {
    expect(reasonToLock(moments, settings())).toBe(reason)
  })
})

describe('AutoLock', () => {
  const started = (change: { backend?: VaultStatus['backend']; busy?: boolean } = {}) => {
    const { backend = 'passphrase', busy = false } = change
    const test = { nowMs: 0, locks: 0 }
    const lock = new AutoLock({
      settings: async () => settings(),
      status: async () => ({ backend, state: 'open', reason: '' }),
      busy: async () => busy,
      lock: () => {
        test.locks += 1
      },
      now: () => test.nowMs,
    })
    /** Time with a timer that runs. */
    const pass = async (minutes: number): Promise<void> => {
      for (let count = 0; count < minutes * 2; count += 1) {
        test.nowMs += minute / 2
        await lock.tick()
      }
    }
    return { lock, test, pass }
  }

  it('locks after the idle time, which each sign of the user starts again', async () => {
    const { lock, test, pass } = started()
    await pass(14)
    await lock.active()
    await pass(14)
    expect(test.locks).toBe(0)
    await pass(1)
    expect(test.locks).toBe(1)
  })

  it('locks when the computer wakes up, also if the first sign of it is the user', async () => {
    const { lock, test } = started()
    test.nowMs += 5 * minute
    await lock.active()
    expect(test.locks).toBe(1)
  })

  it('locks when the system suspends', async () => {
    const { lock, test } = started()
    await lock.suspended()
    expect(test.locks).toBe(1)
  })

  it('does not lock in the middle of an operation on idle, but on suspend', async () => {
    const { lock, test, pass } = started({ busy: true })
    await pass(20)
    expect(test.locks).toBe(0)
    await lock.suspended()
    expect(test.locks).toBe(1)
  })

  it('does not lock a vault that the keychain protects', async () => {
    const { lock, test, pass } = started({ backend: 'keychain' })
    await pass(20)
    await lock.suspended()
    expect(test.locks).toBe(0)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Terminal } from './command.ts'
import { openVault } from './plane.ts'

it.each([
  ['empty', 'INPUT_INVALID', /at least 12 characters/],
  ['locked', 'VAULT_PASSPHRASE_WRONG', /too short/],
] as const)('a passphrase that is too short for a vault, here %s, is named', async (state, code, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-passphrase-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const passphraseFile = join(folder, 'passphrase')
  writeFileSync(passphraseFile, 'wrong\n')
  const unlock = vi.fn()
  const terminal = { client: async () => ({ vault: { status: async () => ({ state, reason: '' }), unlock } }) }
  // As much as opening uses.
  const opening = openVault(terminal as unknown as Terminal, { passphraseFile }, AbortSignal.timeout(5_000))

  await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  expect(unlock).not.toHaveBeenCalled()
})

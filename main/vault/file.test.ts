import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bindingOf, readVault } from './file.ts'
import { newDerivation } from './seal.ts'

describe('what a sealed value is bound to', () => {
  it('differs where names differ only in the place of a separator', () => {
    const names = [
      ['credential', 'p', 'a/b', 'c'],
      ['credential', 'p', 'a', 'b/c'],
      ['credential', 'p/a', 'b', 'c'],
      ['credential', 'p', 'a","b', 'c'],
      ['key', 'p/a/b/c'],
      ['key', 'p', 'a', 'b', 'c'],
    ]
    expect(new Set(names.map((name) => bindingOf(2, name))).size).toBe(names.length)
  })
})

describe('the parameters of key derivation in a file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const read = async (change: object) => {
    const file = join(folder, 'vault.json')
    const derivation = { ...newDerivation(), ...change }
    const protection = { kind: 'passphrase', derivation, check: '' }
    await writeFile(file, JSON.stringify({ schemaVersion: 2, protection, entries: [] }))
    return readVault(file)
  }

  it('can be stronger than the default', async () => {
    expect(await read({ n: 2 ** 20, r: 8, p: 4 })).toMatchObject({ version: 2 })
  })

  it.each([
    ['too little memory', { n: 2 ** 16 }],
    ['too much memory', { n: 2 ** 21 }],
    ['too much memory by large blocks', { n: 2 ** 19, r: 32 }],
    ['blocks that are too large', { r: 2 ** 20 }],
    ['no block', { r: 0 }],
    ['a cost that is no power of two', { n: 2 ** 17 + 1 }],
    ['too many passes', { p: 5 }],
    ['a negative cost', { n: -(2 ** 17) }],
    ['a short salt', { salt: 'AAAA' }],
    ['a huge salt', { salt: 'A'.repeat(1_024) }],
  ])('are refused: %s', async (_, change) => {
    await expect(read(change)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('outside the accepted range'),
    })
  })

  it('are refused where an account is a path', async () => {
    const file = join(folder, 'vault.json')
    const protection = { kind: 'passphrase', account: '../x', derivation: newDerivation(), check: '' }
    await writeFile(file, JSON.stringify({ schemaVersion: 2, protection, entries: [] }))
    await expect(readVault(file)).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createVault } from '../vault/vault.ts'
import { type NewSearch, SavedSearches, withSearch } from './searches.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const search = (name: string, text = ''): NewSearch => ({
  name,
  text,
  levels: ['ERROR'],
  sources: [],
  range: { kind: 'last', ms: 3_600_000 },
  order: 'newest',
})
const made = (id: string) => ({ id, savedAt: '2026-11-22T10:00:00.000Z' })

it('a search of the same name is replaced, and keeps its id', () => {
  const { all } = withSearch([], search('b', 'one'), made('1'))
  const more = withSearch(all, search('a'), made('2')).all
  const { saved, all: replaced } = withSearch(more, search(' b ', 'two'), made('3'))
  expect(saved).toMatchObject({ id: '1', name: 'b', text: 'two' })
  expect(replaced.map(({ id, name, text }) => [id, name, text])).toEqual([
    ['2', 'a', ''],
    ['1', 'b', 'two'],
  ])
})

it('needs a name, and there are at most 200', () => {
  expect(() => withSearch([], search('  '), made('1'))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  const many = Array.from({ length: 200 }, (_, index) => ({ ...search(`s${index}`), ...made(String(index)) }))
  expect(() => withSearch(many, search('more'), made('x'))).toThrow(/at most 200/)
  expect(withSearch(many, search('s7'), made('x')).all).toHaveLength(200)
})

it('is in no file in clear, and is removed with its plane while the vault is locked', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hangar-searches-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const none = () => Promise.reject(new Error('no keychain'))
  const vault = createVault({ home, service: 'hangar-test', keychain: { read: none, write: none, remove: none } })
  await vault.unlock({ passphrase: 'a long enough passphrase' })
  const searches = new SavedSearches({
    read: (id) => vault.text(`searches:${id}`),
    write: (id, text) => vault.setText(`searches:${id}`, text),
  })
  const saved = await Promise.all([
    searches.save(planeId, search('canary-name', 'token=canary-text')),
    searches.save(planeId, search('other')),
  ])

  expect((await searches.list(planeId)).map(({ name }) => name)).toEqual(['canary-name', 'other'])
  expect(readFileSync(join(home, 'vault.json'), 'utf8')).not.toMatch(/canary/)
  await searches.remove(planeId, saved[1].id)
  expect(await searches.list(planeId)).toEqual([saved[0]])
  await vault.lock()
  await expect(searches.list(planeId)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
  await searches.forget(planeId)
  expect(readFileSync(join(home, 'vault.json'), 'utf8')).not.toContain(planeId)
})

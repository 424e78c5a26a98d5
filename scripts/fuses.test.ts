import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { expect, it, onTestFinished } from 'vitest'
import { setFuses, wrongFuses } from './fuses.ts'

/** What Electron's programs have before their fuses (docs/tutorial/fuses.md of Electron). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** A program as far as fuses go: the mark that they follow, their version, their number, and each as Electron ships it. */
async function program(count = 9): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-fuses-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'hangar')
  const wire = Buffer.concat([
    Buffer.from(sentinel),
    Buffer.from([1, count]),
    Buffer.from('101100010'.padEnd(count, '0')),
  ])
  await writeFile(file, Buffer.concat([Buffer.alloc(512, 7), wire, Buffer.alloc(512, 7)]))
  return file
}

it('reports the fuses as Electron ships them, and nothing once all are set', async () => {
  const file = await program()
  expect(await wrongFuses(file)).toContain('RunAsNode should be off and is 1.')

  await setFuses(file, 'linux')

  expect(await wrongFuses(file)).toEqual([])
})

it('reports a single fuse that was reset', async () => {
  const file = await program()
  await setFuses(file, 'linux')
  const bytes = await readFile(file)
  bytes[bytes.indexOf(sentinel) + sentinel.length + 2 + FuseV1Options.OnlyLoadAppFromAsar] = 0x30
  await writeFile(file, bytes)

  expect(await wrongFuses(file)).toEqual(['OnlyLoadAppFromAsar should be on and is 0.'])
})

it('sets nothing in a program with a fuse that is not listed', async () => {
  const file = await program(10)

  await expect(setFuses(file, 'linux')).rejects.toThrow()
})

import { chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findProgram, isProtected } from './find-program.ts'

const isRoot = process.getuid?.() === 0
const reason = isRoot ? '' : '(needs root, to own a folder that nobody else can write to)'
/** Not the user of this process, and not root. */
const stranger = 12_345

/**
 * A chain of links in folders of their own, none of which others can write to:
 * bin/aws → opt/links/aws → opt/current/aws, where opt/current → opt/v2 and opt/v2/aws is the program.
 */
async function chain(): Promise<string> {
  // Of /tmp, to which everybody can write, nothing is protected.
  const root = await mkdtemp('/root/hangar-program-')
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const folder of ['bin', 'opt/links', 'opt/v2']) await mkdir(join(root, folder), { recursive: true, mode: 0o755 })
  await writeFile(join(root, 'opt/v2/aws'), '#!/bin/sh\n', { mode: 0o755 })
  await symlink('v2', join(root, 'opt/current'))
  await symlink('../current/aws', join(root, 'opt/links/aws'))
  await symlink(join(root, 'opt/links/aws'), join(root, 'bin/aws'))
  return root
}

const found = async (root: string) => {
  const program = await findProgram('aws', { PATH: join(root, 'bin') })
  if (program === undefined) throw new Error('The program was not found.')
  return program
}

describe.skipIf(!isRoot)(`whether only this user and root can replace a program ${reason}`, () => {
  it('is true for a program of the system', async () => {
    const program = await findProgram('sh', { PATH: '/usr/bin:/bin' })
    expect(program && (await isProtected(program))).toBe(true)
  })

  it('is true where each link, folder and file belongs to one of them and nobody else can write to it', async () => {
    const root = await chain()
    const program = await found(root)
    expect(program).toEqual({ path: join(root, 'bin/aws'), realPath: join(root, 'opt/v2/aws') })
    expect(await isProtected(program)).toBe(true)
  })

  it.each(['.', 'bin', 'opt', 'opt/links', 'opt/v2', 'opt/v2/aws'])(
    'is false where others can write to %s',
    async (part) => {
      const root = await chain()
      const program = await found(root)
      for (const mode of [0o775, 0o757]) {
        await chmod(join(root, part), mode)
        expect(await isProtected(program)).toBe(false)
      }
    },
  )

  it.each(['bin', 'opt', 'opt/links', 'opt/v2', 'opt/v2/aws'])(
    'is false where %s belongs to another user',
    async (part) => {
      const root = await chain()
      const program = await found(root)
      await chown(join(root, part), stranger, 0)
      expect(await isProtected(program)).toBe(false)
    },
  )

  it.each(['bin/aws', 'opt/links/aws', 'opt/current'])(
    'is false where the link %s belongs to another user',
    async (part) => {
      const root = await chain()
      const program = await found(root)
      await lchown(join(root, part), stranger, 0)
      expect(await isProtected(program)).toBe(false)
    },
  )
})

it('a program cannot be protected where permissions are not modes, as on Windows', async () => {
  const original = process.getuid
  onTestFinished(() => {
    process.getuid = original
  })
  process.getuid = undefined
  expect(await isProtected({ path: '/bin/sh' })).toBe(false)
})

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findHelm, isRecentEnough } from './helm-program.ts'

const limit = () => AbortSignal.timeout(10_000)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-helm-'))
  vi.stubEnv('HANGAR_CACHE', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** A program that says its version as helm does; where a build would put it. */
async function plant(where: string, version: string): Promise<string> {
  await mkdir(join(folder, where), { recursive: true })
  const file = join(folder, where, 'helm')
  await writeFile(file, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 })
  return file
}

describe('the version that helm must have', () => {
  it.each([
    ['v4.3.1', true],
    ['v4.2.4', true],
    ['v4.2.3', false],
    ['v4.1.9', false],
    ['v3.19.0', false],
    ['v5.0.0', true],
    ['v4.3', true],
    ['v4.3.0-rc.1+g123', true],
    ['unknown', false],
  ])('%s: %s', (version, enough) => {
    expect(isRecentEnough(version)).toBe(enough)
  })
})

describe.skipIf(process.platform === 'win32')('the helm that Hangar was built with', () => {
  it('is said to be missing where nothing was built; a build that is not finished does not count', async () => {
    await plant('programs/helm-0123abcd.part', 'v4.3.1')
    await expect(findHelm('bundled', '', limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it('is refused when its bytes are others than the list names, and is not run', async () => {
    const file = await plant('programs/helm-0123abcd', `v4.3.1; touch ${join(folder, 'ran')}`)
    await expect(findHelm('bundled', '', limit())).rejects.toMatchObject({
      code: 'HELM_UNVERIFIED',
      message: expect.stringContaining(file),
    })
    await expect(rm(join(folder, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe.skipIf(process.platform === 'win32')('a helm on the PATH', () => {
  it('is taken by choice, and is not verified', async () => {
    const path = await plant('bin', 'v4.2.4')
    const found = await findHelm('path', `/nowhere:${join(folder, 'bin')}`, limit())
    expect(found).toEqual({ path, version: 'v4.2.4', verified: false })
  })

  it('must be recent, and must be there', async () => {
    await plant('bin', 'v3.19.0')
    await expect(findHelm('path', join(folder, 'bin'), limit())).rejects.toMatchObject({
      message: expect.stringContaining('needs 4.2.4'),
    })
    await expect(findHelm('path', join(folder, 'none'), limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })
})

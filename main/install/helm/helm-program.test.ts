import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
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

/** A program that prints its version as helm does, in a folder where a build would put it. */
async function createProgram(where: string, version: string): Promise<string> {
  await mkdir(join(folder, where), { recursive: true })
  const file = join(folder, where, 'helm')
  await writeFile(file, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 })
  return file
}

describe('the version of helm', () => {
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

describe.skipIf(process.platform === 'win32')('the bundled helm', () => {
  it('is reported as missing if nothing was built or the build is incomplete', async () => {
    await createProgram('programs/helm-0123abcd.part', 'v4.3.1')
    await expect(findHelm('bundled', '', limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it('is refused and not run if its hash is not in the list', async () => {
    const file = await createProgram('programs/helm-0123abcd', `v4.3.1; touch ${join(folder, 'ran')}`)
    await expect(findHelm('bundled', '', limit())).rejects.toMatchObject({
      code: 'HELM_UNVERIFIED',
      message: expect.stringContaining(file),
    })
    await expect(rm(join(folder, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe.skipIf(process.platform === 'win32')('a helm on the PATH', () => {
  it('is used if chosen, and is unverified', async () => {
    const path = await createProgram('bin', 'v4.2.4')
    const found = await findHelm('path', `/nowhere:${join(folder, 'bin')}`, limit())
    expect(found).toEqual({ path, version: 'v4.2.4', verified: false })
  })

  it('is asked for its version without plugins, which could run their own code', async () => {
    const version = `$(test "$HELM_NO_PLUGINS" = 1 && echo v4.3.1 || echo plugins-ran)`
    await createProgram('bin', version)
    const found = await findHelm('path', join(folder, 'bin'), limit())
    expect(found.version).toBe('v4.3.1')
  })

  it('is not taken from a relative folder of the PATH', async () => {
    await createProgram('bin', 'v4.3.1')
    const relativeFolder = relative(process.cwd(), join(folder, 'bin'))
    await expect(findHelm('path', `${relativeFolder}:.:`, limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it('is refused if it is too old or missing', async () => {
    await createProgram('bin', 'v3.19.0')
    await expect(findHelm('path', join(folder, 'bin'), limit())).rejects.toMatchObject({
      message: expect.stringContaining('needs 4.2.4'),
    })
    await expect(findHelm('path', join(folder, 'none'), limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })
})

import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import hashes from '../../../assets/helm/hashes.json' with { type: 'json' }
import { hashOfFile } from '../../lib/program-file.ts'
import { findHelm, helmOnPath, isRecentEnough } from './helm-program.ts'

const limit = () => AbortSignal.timeout(10_000)

const notAsked = () => Promise.reject(new Error('It was not asked for.'))
const onPath = (path: string) => findHelm('path', () => helmOnPath(path), limit())

let folder = ''
beforeEach(async () => {
  // Not in the folder for temporary files, which everyone can write to.
  folder = await mkdtemp(join(homedir(), '.hangar-helm-'))
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
    await expect(findHelm('bundled', notAsked, limit())).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it('is refused and not run if its hash is not in the list', async () => {
    const file = await createProgram('programs/helm-0123abcd', `v4.3.1; touch ${join(folder, 'ran')}`)
    await expect(findHelm('bundled', notAsked, limit())).rejects.toMatchObject({
      code: 'HELM_UNVERIFIED',
      message: expect.stringContaining(file),
    })
    await expect(rm(join(folder, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe.skipIf(process.platform === 'win32')('a bundled helm', () => {
  it('is not started any more after it was replaced', async () => {
    const file = await createProgram('programs/helm-0123abcd', 'v4.3.1')
    const known = { ...hashes }
    onTestFinished(() => void Object.assign(hashes, known))
    Object.assign(hashes, { [`${process.platform}-${process.arch}`]: await hashOfFile(file) })
    const found = await findHelm('bundled', notAsked, limit())
    await found.recheck()
    await writeFile(file, '#!/bin/sh\necho v4.3.2\n')
    await expect(found.recheck()).rejects.toMatchObject({ code: 'HELM_UNVERIFIED' })
  })
})

describe.skipIf(process.platform === 'win32')('a helm on the PATH', () => {
  it('is used if chosen and allowed, and is unverified', async () => {
    const path = await createProgram('bin', 'v4.2.4')
    const found = await onPath(`/nowhere:${join(folder, 'bin')}`)
    expect(found).toMatchObject({ path, version: 'v4.2.4', verified: false })
  })

  it('is not run for its version before it is allowed', async () => {
    const mark = join(folder, 'ran')
    await createProgram('bin', `v4.3.1; touch ${mark}`)
    await expect(findHelm('path', notAsked, limit())).rejects.toThrow('It was not asked for.')
    await expect(rm(mark)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is asked for its version without plugins, which could run their own code', async () => {
    const version = `$(test "$HELM_NO_PLUGINS" = 1 && echo v4.3.1 || echo plugins-ran)`
    await createProgram('bin', version)
    const found = await onPath(join(folder, 'bin'))
    expect(found.version).toBe('v4.3.1')
  })

  it('is not taken from a relative folder of the PATH', async () => {
    await createProgram('bin', 'v4.3.1')
    const relativeFolder = relative(process.cwd(), join(folder, 'bin'))
    await expect(onPath(`${relativeFolder}:.:`)).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it('is refused if it is too old or missing', async () => {
    await createProgram('bin', 'v3.19.0')
    await expect(onPath(join(folder, 'bin'))).rejects.toMatchObject({
      message: expect.stringContaining('needs 4.2.4'),
    })
    await expect(onPath(join(folder, 'none'))).rejects.toMatchObject({ code: 'HELM_MISSING' })
  })

  it.each([
    ['the file', 'bin/helm', 'bin'],
    ['its folder', 'bin', 'bin'],
    ['the file behind a link', 'bin/helm', 'links'],
    ['the folder of a file behind a link', 'bin', 'links'],
  ])('is refused, and not run, if others can write to %s', async (_, writable, onThePath) => {
    const mark = join(folder, 'ran')
    const file = await createProgram('bin', `v4.3.1; touch ${mark}`)
    await mkdir(join(folder, 'links'))
    await symlink(file, join(folder, 'links', 'helm'))
    await chmod(join(folder, writable), 0o777)
    await expect(onPath(join(folder, onThePath))).rejects.toMatchObject({ code: 'HELM_UNPROTECTED' })
    await expect(rm(mark)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is shown as a script if an interpreter runs it', async () => {
    const file = await createProgram('bin', 'v4.3.1')
    expect(await helmOnPath(join(folder, 'bin'))).toMatchObject({ path: file, isScript: true })
    await writeFile(file, '\x7fELF')
    expect(await helmOnPath(join(folder, 'bin'))).toMatchObject({ isScript: false })
  })

  it('is refused at its next start after its content changed, also by an earlier one on the PATH', async () => {
    const path = [join(folder, 'first'), join(folder, 'bin')].join(':')
    const file = await createProgram('bin', 'v4.3.1')
    const found = await onPath(path)
    await found.recheck()
    await createProgram('first', 'v4.3.1')
    await expect(found.recheck()).rejects.toMatchObject({ code: 'HELM_CONSENT_NEEDED' })
    await rm(join(folder, 'first'), { recursive: true })
    await found.recheck()
    await writeFile(file, '#!/bin/sh\necho v4.3.2\n')
    await expect(found.recheck()).rejects.toMatchObject({ code: 'HELM_CONSENT_NEEDED' })
  })
})

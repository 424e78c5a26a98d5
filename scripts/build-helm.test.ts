import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildHelm, helmPath } from './build-helm.ts'

const built = helmPath()

describe.skipIf(!existsSync(built))('buildHelm (skipped until helm is built)', () => {
  it('returns the built helm, which is in the committed list and has the pinned version', async () => {
    const path = await buildHelm()

    expect(path).toBe(built)
    expect(execFileSync(path, ['version', '--short'], { encoding: 'utf8' })).toMatch(/^v4\.3\.1/)
  })

  it('refuses a helm whose hash is not in the committed list', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'hangar-helm-'))
    onTestFinished(async () => {
      vi.unstubAllEnvs()
      await rm(cache, { recursive: true })
    })
    vi.stubEnv('HANGAR_CACHE', cache)
    await mkdir(dirname(helmPath()), { recursive: true })
    await cp(built, helmPath())
    await appendFile(helmPath(), 'x')

    await expect(buildHelm()).rejects.toThrow(/is not in hashes\.json/)
  })
})

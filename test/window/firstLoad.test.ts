import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Manifest } from 'vite'
import { expect, it, onTestFinished, vi } from 'vitest'
import config from '../../electron.vite.config.ts'

/** Of what the page loads before its first view, in the build that is shipped. */
const limitBytes = 300_000

it('loads less than 300 kB of compressed JavaScript before its first view', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-first-load-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  if (!('renderer' in config) || config.renderer === undefined) throw new Error('The window has no build.')
  const { renderer } = config
  // Otherwise React's build for development is bundled.
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => void vi.unstubAllEnvs())
  await build({
    ...renderer,
    configFile: false,
    logLevel: 'error',
    build: { ...renderer.build, outDir: folder, manifest: true },
  })
  const manifest: Manifest = JSON.parse(await readFile(join(folder, '.vite/manifest.json'), 'utf8'))

  const needed = new Set<string>()
  const add = (name: string) => {
    const chunk = manifest[name]
    if (chunk === undefined || needed.has(chunk.file)) return
    needed.add(chunk.file)
    for (const imported of chunk.imports ?? []) add(imported)
  }
  add('index.html')
  let total = 0
  for (const file of needed) total += gzipSync(await readFile(join(folder, file))).length

  console.info(`First load: ${Math.round(total / 1_000)} kB compressed in ${needed.size} files`)
  expect(needed.size).toBeGreaterThan(0)
  expect(total).toBeLessThan(limitBytes)
}, 180_000)

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { build, type Manifest } from 'vite'
import { expect, it, onTestFinished } from 'vitest'
import { visibleElements } from '../../scripts/visible-elements.ts'

/** Of what the page loads before its first view. */
const limitBytes = 300_000

it('loads less than 300 kB of compressed JavaScript before its first view', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-first-load-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../../renderer'),
    plugins: [visibleElements(join(import.meta.dirname, '../..')), react()],
    build: { outDir: folder, emptyOutDir: true, manifest: true, modulePreload: { polyfill: false } },
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

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')

/** A folder that Electron can be started on: the host's main module with a page of the test's own. */
export interface AppFolder {
  readonly path: string
  readonly userData: string
  remove(): Promise<void>
}

/** `main` is relative to the checkout. The bridge is built from source, so that a test never meets an old one. */
export async function makeAppFolder(main: string): Promise<AppFolder> {
  const path = await mkdtemp(join(tmpdir(), 'hangar-electron-'))
  const renderer = join(path, 'out', 'renderer')
  await mkdir(renderer, { recursive: true })
  for (const page of ['index.html', 'quiet.html'])
    await cp(join(import.meta.dirname, 'page', page), join(renderer, page))
  await writeFile(join(path, 'secret.json'), '{"outside": true}')
  await writeFile(
    join(path, 'package.json'),
    JSON.stringify({ name: 'hangar-test', version: '1.2.3', type: 'module', main: relative(path, join(root, main)) }),
  )
  await buildInto(path)
  return {
    path,
    userData: join(path, 'user-data'),
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function buildInto(path: string): Promise<void> {
  const common = { configFile: false, root, logLevel: 'error', publicDir: false } as const
  await build({
    ...common,
    build: {
      outDir: join(path, 'out', 'preload'),
      emptyOutDir: false,
      lib: { entry: join(root, 'preload', 'bridge.ts'), formats: ['cjs'], fileName: () => 'bridge.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  })
  await build({
    ...common,
    build: {
      outDir: join(path, 'out', 'renderer'),
      emptyOutDir: false,
      modulePreload: false,
      lib: { entry: join(import.meta.dirname, 'page', 'page.ts'), formats: ['es'], fileName: () => 'page.js' },
    },
  })
}

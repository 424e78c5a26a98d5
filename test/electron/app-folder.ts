import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { run } from '../../scripts/run.ts'

const root = join(import.meta.dirname, '..', '..')

/** A folder that Electron can run: the host's main module with a page for tests. */
export interface AppFolder {
  readonly path: string
  readonly userData: string
  remove(): Promise<void>
}

/** The page that the app shows: a test page, or the product's window. */
export type PageKind = 'test' | 'product'

/** `main` is relative to the checkout. Page and bridge are built from source, so that they are never outdated. */
export async function makeAppFolder(main: string, page: PageKind = 'test'): Promise<AppFolder> {
  const path = await mkdtemp(join(tmpdir(), 'hangar-electron-'))
  const renderer = join(path, 'out', 'renderer')
  await mkdir(renderer, { recursive: true })
  if (page === 'test') {
    for (const name of ['index.html', 'quiet.html'])
      await cp(join(import.meta.dirname, 'page', name), join(renderer, name))
  }
  await writeFile(join(path, 'secret.json'), '{"outside": true}')
  await writeFile(
    join(path, 'package.json'),
    JSON.stringify({ name: 'hangar-test', version: '1.2.3', type: 'module', main: relative(path, join(root, main)) }),
  )
  await buildBridge(path)
  await (page === 'test' ? buildPage(path) : buildWindow(path))
  return {
    path,
    userData: join(path, 'user-data'),
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

const common = { configFile: false, root, logLevel: 'error', publicDir: false } as const

/** Builds the product's window with scripts/build.ts. */
async function buildWindow(path: string): Promise<void> {
  const { code, stderr } = await run(process.execPath, [
    join(root, 'scripts', 'build.ts'),
    'window',
    join(path, 'out', 'renderer'),
  ])
  if (code !== 0) throw new Error(`The window could not be built: ${stderr}`)
}

/**
 * Makes the app of the folder one whose main module has another core. It is bundled with its packages: unlike the
 * stand-in, Electron loads no TypeScript, and the folder has no packages.
 */
export async function bundleMain(path: string, core: string): Promise<void> {
  const outDir = join(path, 'out', 'main')
  const entry = join(root, 'main', 'index.ts')
  await build({
    ...common,
    plugins: [
      {
        name: 'other-core',
        enforce: 'pre',
        resolveId: (id, importer) => (id === './app.ts' && importer === entry ? fileURLToPath(core) : undefined),
      },
    ],
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        external: ['electron', 'electron-updater', ...builtinModules, /^node:/],
        output: { format: 'es', entryFileNames: 'index.js' },
      },
    },
  })
  await writeFile(
    join(path, 'package.json'),
    JSON.stringify({ name: 'hangar-test', version: '1.2.3', type: 'module', main: 'out/main/index.js' }),
  )
}

async function buildBridge(path: string): Promise<void> {
  await build({
    ...common,
    build: {
      outDir: join(path, 'out', 'preload'),
      emptyOutDir: false,
      lib: { entry: join(root, 'preload', 'bridge.ts'), formats: ['cjs'], fileName: () => 'bridge.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  })
}

async function buildPage(path: string): Promise<void> {
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

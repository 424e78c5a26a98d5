import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { app } from './standin/app.ts'
import { chromium } from './standin/browser-window.ts'

/**
 * Runs the main module that the package.json of a folder names, as Electron's program does. With an IPC channel to its
 * parent process, it also runs functions of the parent on the `electron` module, as Playwright does.
 */
const { values, positionals } = parseArgs({ options: { 'user-data-dir': { type: 'string' } }, allowPositionals: true })
const appPath = resolve(positionals[0] ?? '.')
const { main, version = '0.0.0' } = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8'))
Object.defineProperty(process, 'resourcesPath', { value: join(appPath, 'resources') })
app.launch({ appPath, version, userData: values['user-data-dir'] ?? join(appPath, 'user-data') })

process.on('message', (message: { id: number; source: string; argument: unknown }) => {
  void answer(message)
})

async function answer({ id, source, argument }: { id: number; source: string; argument: unknown }): Promise<void> {
  try {
    // biome-ignore lint/security/noGlobalEval: the text is a test's own function
    const run = globalThis.eval(`(${source})`)
    const value = await run({ ...(await import('electron')) }, argument)
    process.send?.({ id, value })
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

await import(pathToFileURL(resolve(appPath, main)).href)
void app.appCodeLoaded()
if (process.send !== undefined) {
  chromium().then(
    ({ endpoint }) => process.send?.({ endpoint }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
  process.once('disconnect', () => app.exit(1)) // the parent process has ended
}

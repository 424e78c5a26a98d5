import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { lastModified, modifiedAt } from '../main/serve/modified.ts'
import { serve } from '../main/serve.ts'
import { electronBinary } from './electron-binary.ts'

const root = join(import.meta.dirname, '..')
const sources = ['main', 'preload', 'renderer', 'electron.vite.config.ts', 'package-lock.json'] as const

export interface Opening {
  /** Environment variables for the app, added to those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  readonly print: (sentence: string) => void
}

/**
 * Opens Hangar until it is closed or the signal aborts: the desktop app where it can run, else the browser host, after a
 * sentence with the reason. Resolves with the exit code.
 */
export async function openApp({ environment = {}, print }: Opening, signal: AbortSignal): Promise<number> {
  const binary = electronBinary(root)
  const why = whyNoDesktop(binary, process.platform, { ...process.env, ...environment }, process.getuid?.() === 0)
  if (binary !== undefined && why === undefined) {
    await buildApp(print, signal)
    return runToEnd(binary, [root], environment, signal)
  }
  print(`${why} Hangar opens in your browser instead.`)
  Object.assign(process.env, environment)
  const onAddress = (address: string): void => {
    print('Open this address; it works once. Ctrl-C ends Hangar.')
    process.stdout.write(`${address}\n`)
  }
  await serve({ open: true, print, onAddress }, signal)
  return 0
}

/** Why the desktop app cannot run, in one sentence; undefined where it can. */
export function whyNoDesktop(
  binary: string | undefined,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  isRoot: boolean,
): string | undefined {
  if (binary === undefined) return 'Electron is not installed ("npx install-electron" downloads it).'
  if (platform !== 'linux') return undefined
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'There is no display for the desktop app.'
  if (isRoot) return "Electron's sandbox does not work for root, and Hangar requires the sandbox."
  return undefined
}

/** Builds the whole app when it is missing or older than its sources. */
async function buildApp(print: (sentence: string) => void, signal: AbortSignal): Promise<void> {
  const builtAt = await modifiedAt(join(root, 'out', 'main', 'index.js'))
  const changes = await Promise.all(sources.map((source) => lastModified(join(root, source))))
  if (builtAt >= Math.max(...changes)) return
  print('Building Hangar. This takes about ten seconds.')
  const code = await runToEnd(process.execPath, [join(root, 'scripts', 'build.ts')], {}, signal)
  if (code !== 0) throw new Error('Hangar could not be built; the error is above.')
}

/** Runs a program on this terminal to its end; an abort sends SIGTERM. */
function runToEnd(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
    const stop = (): void => {
      child.kill('SIGTERM')
    }
    signal.addEventListener('abort', stop, { once: true })
    child.once('error', reject)
    child.once('exit', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
    if (signal.aborted) stop()
  })
}

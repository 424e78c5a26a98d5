import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { changedAt, newestChange } from '../main/serve/changed.ts'
import { serve } from '../main/serve.ts'
import { electronBinary } from './electron-binary.ts'

const root = join(import.meta.dirname, '..')
const sources = ['main', 'preload', 'renderer', 'electron.vite.config.ts', 'package-lock.json'] as const

export interface Opening {
  /** Beside this process's own environment, for the app. */
  readonly environment?: Readonly<Record<string, string>>
  readonly say: (sentence: string) => void
}

/**
 * Opens Hangar for the person at this computer until it is closed or the signal: the desktop app where it can run, else
 * the browser host, after a sentence that says why. Resolves with the exit status.
 */
export async function openApp({ environment = {}, say }: Opening, signal: AbortSignal): Promise<number> {
  const binary = electronBinary(root)
  const why = whyNoDesktop(binary, process.platform, { ...process.env, ...environment }, process.getuid?.() === 0)
  if (binary !== undefined && why === undefined) {
    await buildApp(say, signal)
    return runToEnd(binary, [root], environment, signal)
  }
  say(`${why} Hangar opens in your browser instead.`)
  Object.assign(process.env, environment)
  const onAddress = (address: string): void => {
    say('Open this address; it works once. Ctrl-C ends Hangar.')
    process.stdout.write(`${address}\n`)
  }
  await serve({ open: true, say, onAddress }, signal)
  return 0
}

/** One sentence, or undefined where nothing stands in the way of the desktop app. */
export function whyNoDesktop(
  binary: string | undefined,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  isRoot: boolean,
): string | undefined {
  if (binary === undefined) return 'Electron\'s program is not here ("npx install-electron" downloads it).'
  if (platform !== 'linux') return undefined
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'There is no display for the desktop app.'
  if (isRoot) return "Electron's sandbox does not work for root, and Hangar does not do without it."
  return undefined
}

/** Builds the whole app when it is absent or older than its sources. */
async function buildApp(say: (sentence: string) => void, signal: AbortSignal): Promise<void> {
  const builtAt = await changedAt(join(root, 'out', 'main', 'index.js'))
  const changes = await Promise.all(sources.map((source) => newestChange(join(root, source))))
  if (builtAt >= Math.max(...changes)) return
  say('Building Hangar: some ten seconds.')
  const code = await runToEnd(process.execPath, [join(root, 'scripts', 'build.ts')], {}, signal)
  if (code !== 0) throw new Error('Hangar could not be built; what went wrong is above.')
}

/** Runs a program on this terminal; an abort asks it to end, as Ctrl-C does. */
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

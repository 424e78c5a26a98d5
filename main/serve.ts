import { homedir } from 'node:os'
import { join } from 'node:path'
import type { App } from './app.ts'
import { homeFolder } from './home.ts'
import type { TemporaryFolder } from './lib/files.ts'
import { openInBrowser } from './serve/browser.ts'
import { builtWindow, packageRoot } from './serve/built.ts'
import { type Listening, listen } from './serve/listen.ts'

export interface ServeOptions {
  /** Where state is kept; default: as every host has it (home.ts). */
  readonly home?: string
  /** One kubeconfig in the place of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** Hand the address to the system's browser as well. */
  readonly open?: boolean
  /** Hears the one address, which works once: for the person alone, never for a log. */
  readonly onAddress: (address: string) => void
  /** Hears sentences about what takes a while. Default: standard error. */
  readonly say?: (sentence: string) => void
}

/**
 * The browser host: the whole app for one browser on this computer, until the signal. It listens before the core is
 * loaded; the window's first call waits for it. Throws PORT_TAKEN, WINDOW_MISSING, or what the core could not start for.
 */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { kubeconfig, port = 0, open = false, onAddress } = options
  const say = options.say ?? ((sentence) => process.stderr.write(`${sentence}\n`))
  const home = options.home ?? homeFolder(process.env, process.platform, homedir())
  const ended = new AbortController()
  const window = builtWindow(packageRoot(import.meta.dirname), say, AbortSignal.any([signal, ended.signal]))
  const app = Promise.withResolvers<App>()
  app.promise.catch(() => undefined) // awaited below

  let shown: TemporaryFolder | undefined
  let listening: Listening | undefined
  let starting: Promise<App> | undefined
  try {
    listening = await listen(window, app.promise, port)
    starting = startCore(home, kubeconfig)
    starting.then(app.resolve, app.reject)
    await window
    onAddress(listening.address)
    if (open) shown = await openInBrowser(listening.address, join(home, 'tmp'))
    await app.promise
    await aborted(signal)
  } finally {
    // A build that still runs must end with us.
    ended.abort()
    await window.catch(() => undefined)
    await shown?.remove()
    await listening?.close()
    await (await starting?.catch(() => undefined))?.close()
  }
}

/** Loaded only once somebody can already connect: it brings the cluster client, the store and the rest. */
async function startCore(home: string, kubeconfig: string | undefined): Promise<App> {
  const { createApp } = await import('./app.ts')
  return createApp({ home, kubeconfig, host: 'browser' })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

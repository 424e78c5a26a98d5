import { homedir } from 'node:os'
import { join } from 'node:path'
import { Problem } from '../preload/contract/problem.ts'
import type { App, AppOptions } from './app.ts'
import { homeFolder } from './home.ts'
import type { TemporaryFolder } from './lib/files.ts'
import { onAddressRequest } from './serve/address-requests.ts'
import { openInBrowser } from './serve/browser.ts'
import { builtWindow, packageRoot } from './serve/built-window.ts'
import { type Listening, listen } from './serve/listen.ts'
import { freshLoopback, isLoopback } from './serve/loopback.ts'

export interface ServeOptions {
  /** The state folder; default: that of every host (home.ts). */
  readonly home?: string
  /** This kubeconfig instead of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string
  /** Kubeconfig files whose demands need no consent (`--trust-exec`), absolute. */
  readonly trustedFiles?: readonly string[]
  /** Default: any free one. */
  readonly port?: number
  /** A loopback address. Default: another one at each start. */
  readonly host?: string
  /** Also open the address in the system's browser. */
  readonly open?: boolean
  /** Called with each address, which works once: only for the person, never for a log. The next one comes on request. */
  readonly onAddress: (address: string) => void
  /** Called with progress, in sentences. Default: standard error. */
  readonly print?: (sentence: string) => void
}

/**
 * The browser host: the whole app for one browser on this computer, until the signal aborts. It listens before the core
 * is loaded; the window's first call waits for it. Throws INPUT_INVALID, PORT_TAKEN, WINDOW_MISSING, or the error of the core's start.
 */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const {
    kubeconfig,
    trustedFiles,
    port = 0,
    host = freshLoopback(process.platform),
    open = false,
    onAddress,
  } = options
  if (!isLoopback(host))
    throw new Problem('INPUT_INVALID', `--host is an address of 127.0.0.0/8, such as 127.0.0.1, not "${host}".`)
  const print = options.print ?? ((sentence) => process.stderr.write(`${sentence}\n`))
  const home = options.home ?? homeFolder(process.env, process.platform, homedir())
  const ended = new AbortController()
  const window = builtWindow(packageRoot(import.meta.dirname), print, AbortSignal.any([signal, ended.signal]))
  const app = Promise.withResolvers<App>()
  app.promise.catch(() => undefined) // awaited below

  let temporary: TemporaryFolder | undefined
  let listening: Listening | undefined
  let starting: Promise<App> | undefined
  try {
    listening = await listen(window, app.promise, port, host)
    starting = startCore({ home, kubeconfig, trustedFiles })
    starting.then(app.resolve, app.reject)
    await window
    const { createAddress } = listening
    const address = createAddress()
    onAddress(address)
    if (open) temporary = await openInBrowser(address, join(home, 'tmp'))
    print(await onAddressRequest(() => onAddress(createAddress()), ended.signal))
    await app.promise
    await aborted(signal)
  } finally {
    // A build that is still running must end too.
    ended.abort()
    await window.catch(() => undefined)
    await temporary?.remove()
    await listening?.close()
    await (await starting?.catch(() => undefined))?.close()
  }
}

/** Loaded only once the host listens: it imports the cluster client, the store and the rest. */
async function startCore(options: Pick<AppOptions, 'home' | 'kubeconfig' | 'trustedFiles'>): Promise<App> {
  const { createApp } = await import('./app.ts')
  return createApp({ ...options, host: 'browser' })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Chromium, startChromium } from './chromium.ts'
import type { Parameters } from './devtools.ts'
import { watchDownloads } from './downloads.ts'
import { defaultSession, type Session } from './session.ts'
import { WebContents } from './web-contents.ts'

/** Set by app.ts: the folder of chromium's state, and the listeners of windows. */
export const desk = {
  folder: '',
  contentsCreated: (_contents: WebContents): void => undefined,
  windows: new Set<BrowserWindow>(),
  /** After `app.enableSandbox()`, which overrides `sandbox: false` of every window. */
  sandboxed: false,
  allClosed: (): void => undefined,
}

let running: Promise<Chromium> | undefined
let taken = false
let downloadsWatched = false
let lastId = 0

/** The chromium that all windows share; started with the first. */
export function chromium(): Promise<Chromium> {
  running ??= startChromium(desk.folder).then(async (started) => {
    const { browser } = started.devtools
    browser.on('Target.targetCreated', (created) => void settle(started, created).catch(() => undefined))
    browser.on('Target.targetDestroyed', ({ targetId }) => windowOf(targetId)?.targetClosed())
    browser.on('closed', () => {
      for (const window of [...desk.windows]) window.targetClosed()
    })
    await browser.send('Target.setDiscoverTargets', { discover: true })
    return started
  })
  return running
}

/** Closes chromium, if it was started at all. */
export async function closeChromium(): Promise<void> {
  await (await running)?.close()
}

const windowOf = (target: string): BrowserWindow | undefined =>
  [...desk.windows].find((window) => window.target === target)

/** Closes a window that a page opened unless the host's handler allows it. It has no network access until then. */
async function settle({ devtools }: Chromium, { targetInfo }: Parameters): Promise<void> {
  const opener = targetInfo.type === 'page' && targetInfo.openerId ? windowOf(targetInfo.openerId) : undefined
  if (opener === undefined || (await opener.mayKeep())) return
  const { targetId } = targetInfo
  const { sessionId } = await devtools.browser.send('Target.attachToTarget', { targetId, flatten: true })
  const session = devtools.session(sessionId)
  // It shares its opener's thread: closing it while the test's debugger holds it would block the opener.
  await session.send('Runtime.runIfWaitingForDebugger')
  await session.send('Runtime.evaluate', { expression: '0' })
  devtools.browser.post('Target.closeTarget', { targetId })
}

/** Chromium reports the URL of a window separately; a window without a URL is denied after this time. */
const verdictLimitMs = 2_000

/** Electron's BrowserWindow: a window of chromium, or a headless page. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  target = ''
  readonly options: Electron.BrowserWindowConstructorOptions
  /** Whether the handler allowed each window that the page opened, in order. */
  readonly #verdicts: boolean[] = []
  readonly #events = new EventEmitter()
  #destroyed = false
  #visible: boolean

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    this.#visible = options.show !== false
    const given = options.webPreferences ?? {}
    const preferences = desk.sandboxed ? { ...given, sandbox: true } : given
    lastId += 1
    const session = (preferences.session as unknown as Session | undefined) ?? defaultSession // the host has only ours
    this.webContents = new WebContents(lastId, session, preferences)
    this.webContents.once('ready-to-show', () => this.emit('ready-to-show'))
    desk.windows.add(this)
    desk.contentsCreated(this.webContents)
    this.#open(preferences.preload).catch((error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exit(1)
    })
  }

  async #open(preload: string | undefined): Promise<void> {
    const source = preload === undefined ? undefined : readFileSync(preload, 'utf8')
    const started = await chromium()
    const { browser } = started.devtools
    if (taken)
      this.target = (await browser.send('Target.createTarget', { url: 'about:blank', newWindow: true })).targetId
    else this.target = started.firstTarget
    taken = true
    await this.webContents.session.govern(browser, started.gate, () => this.webContents)
    if (!downloadsWatched) {
      downloadsWatched = true
      await watchDownloads(
        browser,
        desk.folder,
        () => this.webContents.isActive(),
        (event, item) => this.webContents.session.emit('will-download', event, item, this.webContents),
      )
    }
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId: this.target, flatten: true })
    const session = started.devtools.session(sessionId)
    session.on('Page.windowOpen', ({ url }) => {
      const allowed = this.webContents.mayOpen(url)
      if (allowed) started.gate.admit(url)
      this.#verdicts.push(allowed)
      this.#events.emit('verdict')
    })
    this.webContents.on('sub-target', (id: string, script: string | undefined) => {
      void this.webContents.takeSubTarget(started.devtools.session(id), script)
    })
    await this.webContents.take(session, source)
  }

  /** Whether the next window that this page opened is allowed. */
  async mayKeep(): Promise<boolean> {
    if (this.#verdicts.length === 0) {
      await once(this.#events, 'verdict', { signal: AbortSignal.timeout(verdictLimitMs) }).catch(() => undefined)
    }
    return this.#verdicts.shift() ?? false
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#visible = true
    this.emit('show')
  }
  isVisible(): boolean {
    return this.#visible
  }
  focus(): void {
    this.emit('focus')
  }
  isMinimized(): boolean {
    return false
  }
  restore(): void {}
  setProgressBar(): void {}
  isDestroyed(): boolean {
    return this.#destroyed
  }
  close(): void {
    void chromium().then(({ devtools }) => devtools.browser.post('Target.closeTarget', { targetId: this.target }))
  }
  destroy(): void {
    this.close()
  }
  /** Called when chromium has closed the target. */
  targetClosed(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    desk.windows.delete(this)
    this.emit('closed')
    if (desk.windows.size === 0) desk.allClosed()
  }
  static getAllWindows(): BrowserWindow[] {
    return [...desk.windows]
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...desk.windows].find((window) => window.webContents === contents) ?? null
  }
}

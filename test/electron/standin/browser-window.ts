import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Chromium, startChromium } from './chromium.ts'
import type { Parameters } from './devtools.ts'
import { defaultSession, type Session } from './session.ts'
import { WebContents } from './web-contents.ts'

/** Set by app.ts: where chromium keeps its state, and who hears of new contents. */
export const desk = {
  folder: '',
  contentsCreated: (_contents: WebContents): void => undefined,
  windows: new Set<BrowserWindow>(),
  allClosed: (): void => undefined,
}

let running: Promise<Chromium> | undefined
let taken = false
let lastId = 0

/** The chromium that all windows share; started with the first. */
export function chromium(): Promise<Chromium> {
  running ??= startChromium(desk.folder).then(async (started) => {
    const { browser } = started.devtools
    browser.on('Target.attachedToTarget', (attached) => void settle(started, attached))
    browser.on('Target.targetDestroyed', ({ targetId }) => windowOf(targetId)?.gone())
    browser.on('closed', () => {
      for (const window of [...desk.windows]) window.gone()
    })
    await browser.send('Target.setDiscoverTargets', { discover: true })
    await browser.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
    return started
  })
  return running
}

/** Closes chromium, if it was started at all. */
export async function closeChromium(): Promise<void> {
  await (await running)?.close()
}

const sessions = new Map<string, string>()
const arrivals = new EventEmitter().setMaxListeners(0)
const windowOf = (target: string): BrowserWindow | undefined =>
  [...desk.windows].find((window) => window.target === target)

/** A window that a page opens is held back by chromium until its opener's handler has answered. */
async function settle({ devtools }: Chromium, { sessionId, targetInfo }: Parameters): Promise<void> {
  const session = devtools.session(sessionId)
  const opener = targetInfo.openerId === undefined ? undefined : windowOf(targetInfo.openerId)
  if (targetInfo.type === 'page' && opener !== undefined) {
    const url = targetInfo.url || (await opener.nextOpenUrl())
    if (opener.webContents.mayOpen(url)) session.post('Runtime.runIfWaitingForDebugger')
    else devtools.browser.post('Target.closeTarget', { targetId: targetInfo.targetId })
    return
  }
  if (targetInfo.type !== 'page') return session.post('Runtime.runIfWaitingForDebugger')
  sessions.set(targetInfo.targetId, sessionId)
  arrivals.emit('session')
}

async function sessionOf(target: string): Promise<string> {
  for (;;) {
    const found = sessions.get(target)
    if (found !== undefined) return found
    await new Promise((resolve) => arrivals.once('session', resolve))
  }
}

/** Electron's BrowserWindow: a window of chromium, or a headless page. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  target = ''
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly #opened: string[] = []
  readonly #opens = new EventEmitter()
  #destroyed = false
  #visible: boolean

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    this.#visible = options.show !== false
    const preferences = options.webPreferences ?? {}
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
    await this.webContents.session.govern(browser, () => this.webContents)
    const session = started.devtools.session(await sessionOf(this.target))
    session.on('Page.windowOpen', ({ url }) => {
      this.#opened.push(url)
      this.#opens.emit('url')
    })
    this.webContents.on('sub-target', (id: string, script: string | undefined) => {
      void this.webContents.takeSubTarget(started.devtools.session(id), script)
    })
    await this.webContents.take(session, source)
  }

  /** The URL that a page's `window.open` named: chromium tells of it apart from the window. */
  async nextOpenUrl(): Promise<string> {
    while (this.#opened.length === 0) await new Promise((resolve) => this.#opens.once('url', resolve))
    return this.#opened.shift() ?? ''
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
  /** Its target has gone. */
  gone(): void {
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

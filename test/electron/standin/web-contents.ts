import { EventEmitter } from 'node:events'
import { toChromium, toHost } from './address.ts'
import type { DevToolsSession, Parameters } from './devtools.ts'
import { Frame, fromMain, toMain } from './frames.ts'
import { preloadWorld } from './preload-world.ts'
import type { Session } from './session.ts'
import { observeWebviews, webviewSeen } from './webviews.ts'

const world = 'electron-preload'

type OpenHandler = (details: { url: string; frameName: string; disposition: string }) => { action: 'allow' | 'deny' }

/** The event of a navigation; listeners can prevent it. */
class NavigationEvent {
  defaultPrevented = false
  readonly url: string
  readonly isMainFrame: boolean
  readonly isSameDocument = false
  constructor(url: string, isMainFrame: boolean) {
    this.url = url
    this.isMainFrame = isMainFrame
  }
  preventDefault(): void {
    this.defaultPrevented = true
  }
}

/** Electron's WebContents over one target of chromium, as far as the host uses it. */
export class WebContents extends EventEmitter {
  readonly id: number
  readonly session: Session
  mainFrame = new Frame(null)
  readonly #preferences: Electron.WebPreferences
  readonly #frames = new Map<string, Frame>()
  readonly #contexts = new Map<number, Frame>()
  readonly #statuses = new Map<string, number>()
  readonly #loaded = new Set<string>()
  readonly #expected = new Set<string>()
  #devToolsOpened = false
  #openHandler: OpenHandler = () => ({ action: 'allow' })
  #devtools: DevToolsSession | undefined
  #attached: Promise<DevToolsSession>
  #attach: (session: DevToolsSession) => void = () => undefined

  constructor(id: number, session: Session, preferences: Electron.WebPreferences) {
    super()
    this.id = id
    this.session = session
    this.#preferences = preferences
    this.#attached = new Promise((resolve) => {
      this.#attach = resolve
    })
  }

  getLastWebPreferences(): Electron.WebPreferences {
    return this.#preferences
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }
  /** `devTools: false` makes it do nothing. */
  openDevTools(): void {
    if (this.#preferences.devTools === false) return
    this.#devToolsOpened = true
    this.emit('devtools-opened')
  }
  isDevToolsOpened(): boolean {
    return this.#devToolsOpened
  }
  async executeJavaScript(code: string): Promise<unknown> {
    const devtools = await this.#attached
    const parameters = { expression: code, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', parameters)
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  getURL(): string {
    return this.mainFrame.url
  }
  isDestroyed(): boolean {
    return false
  }
  async loadURL(url: string): Promise<void> {
    const devtools = await this.#attached
    const target = new URL(toChromium(url)).href // as chromium itself will spell it
    this.#expected.add(target)
    const { loaderId, errorText } = await devtools.send('Page.navigate', { url: target })
    if (errorText !== undefined) {
      this.emit('did-fail-load', {}, -2, errorText, url, true)
      throw new Error(`${errorText} loading '${url}'`)
    }
    while (loaderId !== undefined && !this.#loaded.has(loaderId)) {
      await new Promise((resolve) => devtools.once('Page.lifecycleEvent', resolve))
    }
  }
  /** Whether the page has user activation. */
  async isActive(): Promise<boolean> {
    const { result } =
      (await this.#devtools?.send('Runtime.evaluate', { expression: 'navigator.userActivation.isActive' })) ?? {}
    return result?.value === true
  }
  reload(): void {
    this.#expected.add(toChromium(this.mainFrame.url))
    this.#devtools?.post('Page.reload')
  }
  forcefullyCrashRenderer(): void {
    this.#devtools?.post('Page.crash')
  }
  async capturePage(): Promise<{ toPNG(): Buffer }> {
    const { data } = await (await this.#attached).send('Page.captureScreenshot')
    return { toPNG: () => Buffer.from(data, 'base64') }
  }

  /** Whether the host allows a page to open a window. */
  mayOpen(url: string): boolean {
    return this.#openHandler({ url: toHost(url), frameName: '', disposition: 'new-window' }).action === 'allow'
  }

  /** Takes over a target of chromium, whose scripts are held back until all is in place. */
  async take(target: DevToolsSession, preload: string | undefined): Promise<void> {
    await this.#prepare(target, preload)
    this.#devtools = target
    target.on('Inspector.targetCrashed', () => {
      for (const frame of this.#frames.values()) frame.leave()
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    })
    this.#attach(target)
  }

  async #prepare(target: DevToolsSession, preload: string | undefined): Promise<void> {
    target.on('Fetch.requestPaused', (paused) => void this.#decide(paused, target))
    target.on('Page.frameAttached', ({ frameId, parentFrameId }) => this.#frame(frameId, parentFrameId))
    target.on('Page.frameNavigated', ({ frame }) => this.#arrive(frame))
    target.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason !== 'swap') this.#frames.get(frameId)?.leave()
    })
    target.on('Page.lifecycleEvent', ({ name, loaderId, frameId }) => {
      if (name === 'load') this.#loaded.add(loaderId)
      if (name === 'load' && this.#frames.get(frameId) === this.mainFrame) this.emit('did-finish-load')
      if (name === 'firstPaint' || name === 'load') this.emit('ready-to-show')
    })
    target.on('Network.responseReceived', ({ type, response }) => {
      if (type === 'Document') this.#statuses.set(response.url, response.status)
    })
    target.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== world && !(context.auxData.isDefault && this.#preferences.contextIsolation === false)) return
      const frame = this.#frame(context.auxData.frameId)
      this.#contexts.set(context.id, frame)
      frame.enter(target, context.id)
    })
    target.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      this.#contexts.get(executionContextId)?.leave()
      this.#contexts.delete(executionContextId)
    })
    target.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === toMain) this.#contexts.get(executionContextId)?.receive(payload)
      if (name === webviewSeen) this.#attachWebview(JSON.parse(payload))
    })
    target.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'iframe') void this.emit('sub-target', sessionId, preload)
    })
    const { frameTree } = await target.send('Page.getFrameTree')
    this.#frame(frameTree.frame.id, frameTree.frame.parentId)
    await Promise.all([
      target.send('Page.enable'),
      target.send('Page.setLifecycleEventsEnabled', { enabled: true }),
      target.send('Network.enable', { maxTotalBufferSize: 1, maxResourceBufferSize: 1 }),
      target.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      target.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
      ...(preload === undefined ? [] : this.#installPreload(target, preload)),
      ...(this.#preferences.webviewTag === true ? observeWebviews(target) : []),
      target.send('Runtime.enable'),
    ])
    await target.send('Runtime.runIfWaitingForDebugger')
  }

  /** A page has a `<webview>`: the host may prevent it. There is no guest page here, only the events about it. */
  #attachWebview(params: { src: string }): void {
    const event = new NavigationEvent(params.src, false)
    this.emit('will-attach-webview', event, {}, params)
    if (!event.defaultPrevented) this.emit('did-attach-webview', {})
  }

  #installPreload(target: DevToolsSession, preload: string): Promise<unknown>[] {
    const isolated = this.#preferences.contextIsolation !== false
    const subFrames = this.#preferences.nodeIntegrationInSubFrames === true
    const node =
      this.#preferences.nodeIntegration === true ? 'globalThis.process = {}; globalThis.require = require;' : ''
    // As Electron's documentation has it: true in a sandboxed process, otherwise undefined.
    const process = `const process = { sandboxed: ${this.#preferences.sandbox === false ? 'undefined' : 'true'} };`
    const script = `function (require, module, exports) { ${process} ${node} ${preload}\n}`
    const source = `(${preloadWorld})('${toMain}', '${fromMain}', ${subFrames}, ${script})`
    return [
      target.send('Runtime.addBinding', { name: toMain, ...(isolated ? { executionContextName: world } : {}) }),
      target.send('Page.addScriptToEvaluateOnNewDocument', { source, ...(isolated ? { worldName: world } : {}) }),
    ]
  }

  #frame(id: string, parentId?: string): Frame {
    const known = this.#frames.get(id)
    if (known !== undefined) return known
    const isTop = parentId === undefined && this.#frames.size === 0
    const frame = isTop ? this.mainFrame : new Frame((parentId && this.#frames.get(parentId)) || this.mainFrame)
    this.#frames.set(id, frame)
    frame.on('ipc', (channel: string, args: unknown[]) => this.emit('ipc-message-from', frame, channel, args))
    return frame
  }

  #arrive({ id, parentId, url, securityOrigin }: Parameters): void {
    const frame = this.#frame(id, parentId)
    frame.url = toHost(url)
    frame.origin = toHost(securityOrigin)
    if (frame === this.mainFrame) this.emit('did-navigate', {}, frame.url, this.#statuses.get(url) ?? 200, '')
    this.#statuses.delete(url)
  }

  /** Listeners can prevent a navigation; all other requests go directly to the session. */
  async #decide(paused: Parameters, target: DevToolsSession): Promise<void> {
    const { requestId, resourceType, frameId, request, redirectedRequestId } = paused
    if (resourceType === 'Document') {
      const frame = this.#frame(frameId)
      const event = new NavigationEvent(toHost(request.url), frame === this.mainFrame)
      if (redirectedRequestId !== undefined) this.emit('will-redirect', event, event.url, false, event.isMainFrame)
      else if (!(event.isMainFrame && this.#expected.delete(request.url))) {
        this.emit('will-frame-navigate', event)
        if (event.isMainFrame) this.emit('will-navigate', event, event.url)
      }
      if (event.defaultPrevented) return target.post('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    }
    await this.session.answer(paused, target)
  }

  async takeSubTarget(target: DevToolsSession, preload: string | undefined): Promise<void> {
    await this.#prepare(target, preload).catch(() => undefined) // a frame may be removed before it is prepared
  }
}

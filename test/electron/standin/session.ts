import { EventEmitter } from 'node:events'
import { toChromium, toHost } from './address.ts'
import type { DevToolsSession, Parameters } from './devtools.ts'
import type { Gate } from './gate.ts'

type PermissionCheck = NonNullable<Parameters_<Electron.Session['setPermissionCheckHandler']>>
type BeforeRequest = (
  details: { url: string; resourceType: string },
  done: (answer: { cancel?: boolean }) => void,
) => void
type Handler = (request: Request) => Response | Promise<Response>
// biome-ignore lint/suspicious/noExplicitAny: any function's first parameter
type Parameters_<F extends (...given: any[]) => unknown> = globalThis.Parameters<F>[0]

/** Electron's names of permissions, and chromium's. */
const permissions: readonly (readonly [electron: string, chromium: object])[] = [
  ['clipboard-sanitized-write', { name: 'clipboard-write' }],
  ['clipboard-read', { name: 'clipboard-read' }],
  ['geolocation', { name: 'geolocation' }],
  ['notifications', { name: 'notifications' }],
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['midi', { name: 'midi' }],
  ['idle-detection', { name: 'idle-detection' }],
  ['window-management', { name: 'window-management' }],
]

/** Electron's Protocol, for handlers of `app:` alone. */
class Protocol {
  readonly handlers = new Map<string, Handler>()
  handle(scheme: string, handler: Handler): void {
    this.handlers.set(scheme, handler)
  }
  unhandle(scheme: string): void {
    this.handlers.delete(scheme)
  }
  isProtocolHandled(scheme: string): boolean {
    return this.handlers.has(scheme)
  }
  registerSchemesAsPrivileged(): void {} // its pages are of https:, which has these privileges
}

/** Electron's Session: protocol handlers, request filters and permissions, all enforced by chromium. */
export class Session extends EventEmitter {
  readonly protocol = new Protocol()
  readonly #contents: (() => unknown)[] = []
  readonly #browsers = new Set<DevToolsSession>()
  #check: PermissionCheck | null = null
  #before: BeforeRequest | null = null
  #gate: Gate | undefined
  spellChecker = true

  readonly webRequest = {
    onBeforeRequest: (first: unknown, second?: unknown): void => {
      this.#before = (second === undefined ? first : second) as BeforeRequest | null // one overload has a filter before
    },
  }
  /**
   * Electron asks this handler when a page uses what the check did not grant. Chromium has one state for query and use,
   * which here is the check's: a refused check refuses the use. The handler itself is called by a unit test.
   */
  setPermissionRequestHandler(): void {}
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#check = handler
    this.#settle()
  }
  setDevicePermissionHandler(): void {} // chromium offers devices in a chooser only, and headless has none
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled
  }

  /** One proxy for all requests, or none. The proxy settings of the machine are ignored. */
  #proxy = 'DIRECT'
  setProxy({ proxyRules = '' }: Electron.ProxyConfig): Promise<void> {
    this.#proxy = proxyRules === '' ? 'DIRECT' : `PROXY ${proxyRules}`
    return Promise.resolve()
  }
  resolveProxy(_url: string): Promise<string> {
    return Promise.resolve(this.#proxy)
  }

  /** Applies this session's handlers to a browser that shows one of its pages. */
  async govern(browser: DevToolsSession, gate: Gate, contents: () => unknown): Promise<void> {
    this.#browsers.add(browser)
    this.#gate = gate
    this.#contents.push(contents)
    await this.#apply(browser)
  }
  #settle(): void {
    for (const browser of this.#browsers) void this.#apply(browser)
  }
  async #apply(browser: DevToolsSession): Promise<void> {
    const page = 'app://hangar/'
    for (const [electron, permission] of permissions) {
      const setting = this.#grants(electron, page) ? 'granted' : 'denied'
      const origin = new URL(toChromium(page)).origin
      await browser.send('Browser.setPermission', { permission, setting, origin })
    }
  }
  /** Without a handler Electron grants the check. */
  #grants(permission: string, page: string): boolean {
    const contents = this.#contents[0]?.() as Electron.WebContents // handlers get the contents that ask
    const electronPermission = permission as 'media' // the handlers' names are unions of literals that differ
    return this.#check?.(contents, electronPermission, page, { requestingUrl: page, isMainFrame: true }) ?? true
  }

  /** Answers a request that chromium has paused. */
  async answer(paused: Parameters, devtools: DevToolsSession): Promise<void> {
    const { requestId, request, resourceType } = paused
    const url = toHost(request.url)
    if (await this.#cancels(url, String(resourceType))) {
      return devtools.post('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
    }
    if (URL.parse(url)?.protocol !== 'app:') {
      this.#gate?.admit(url)
      return devtools.post('Fetch.continueRequest', { requestId })
    }
    const handler = this.protocol.handlers.get('app')
    if (handler === undefined) return devtools.post('Fetch.failRequest', { requestId, errorReason: 'NameNotResolved' })
    try {
      const { method } = request
      const body = method === 'GET' || method === 'HEAD' ? undefined : request.postData
      const response = await handler(new Request(url, { method, body }))
      devtools.post('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status,
        responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      })
    } catch {
      devtools.post('Fetch.failRequest', { requestId, errorReason: 'Failed' })
    }
  }
  async #cancels(url: string, resourceType: string): Promise<boolean> {
    const before = this.#before
    if (before === null) return false
    return (await new Promise<{ cancel?: boolean }>((done) => before({ url, resourceType }, done))).cancel === true
  }
}

const partitions = new Map<string, Session>()
export const defaultSession = new Session()

export function fromPartition(name: string): Session {
  const known = partitions.get(name) ?? new Session()
  partitions.set(name, known)
  return known
}

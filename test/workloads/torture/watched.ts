import { Profile } from '../../../preload/contract/profiles.ts'
import { kubeconfigFolder } from '../../clusters/kubeconfig-folder.ts'
import { serviceFor, temporaryHome, Window, type WindowState } from '../watching.ts'
import type { Churn } from './churn.ts'
import { FaultyProxy, type Upstream } from './faulty-proxy.ts'
import { emptyKinds, torturedKinds } from './kinds.ts'

const sampleEveryMs = 250

/** A plane in these namespaces, with a part of each kind so that all are followed. */
export const torturedProfile = (namespaces: readonly string[]): Profile =>
  Profile.parse({
    schemaVersion: 1,
    name: 'tortured',
    title: 'Tortured',
    description: 'A plane of many namespaces',
    managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
    components: [
      {
        id: 'all',
        title: 'All',
        summary: '',
        providedBy: 'release',
        parts: [...torturedKinds.map(({ kind }) => kind), ...emptyKinds].map((kind) => ({ kind, name: 'none' })),
      },
    ],
    releases: namespaces.map((namespace) => ({ name: namespace, namespace, chart: { path: 'a' } })),
    endpoints: [],
  })

/** A window on the plane behind a faulty proxy, and the worst that it showed. */
export class Watched {
  readonly proxy: FaultyProxy
  /** The longest time for which a state was shown as current though another one had replaced it. */
  longestStaleMs = 0
  /** What it showed then. */
  worst = ''
  /** How often the connection was reported as lost, and how often live. */
  readonly changes: string[] = []
  #sampledAtMs = Date.now()
  readonly #window: Window
  readonly #ended: () => Promise<void>

  static async open(
    upstream: Upstream,
    isMultiplexed: boolean,
    namespaces: readonly string[],
    churn: Churn,
  ): Promise<Watched> {
    const proxy = await FaultyProxy.start(upstream, isMultiplexed)
    const authority = Buffer.from(proxy.ca).toString('base64')
    const config = await kubeconfigFolder({ server: proxy.url, 'certificate-authority-data': authority }, {})
    const home = await temporaryHome()
    const service = serviceFor(config.connection, home.path, torturedProfile(namespaces))
    const stop = new AbortController()
    const window = new Window(service, stop.signal)
    return new Watched(proxy, window, churn, async () => {
      stop.abort()
      await window.close()
      await service.close()
      await proxy.close()
      await config.remove()
      await home.remove()
    })
  }

  private constructor(proxy: FaultyProxy, window: Window, churn: Churn, ended: () => Promise<void>) {
    this.proxy = proxy
    this.#window = window
    const reading = window.until(() => false).catch(() => undefined)
    const sampling = setInterval(() => this.#sample(churn), sampleEveryMs)
    this.#ended = async () => {
      clearInterval(sampling)
      const ending = ended()
      await reading
      await ending
    }
  }

  get state(): WindowState | undefined {
    try {
      return this.#window.state()
    } catch {
      return undefined
    }
  }

  #sample(churn: Churn): void {
    const { state } = this
    const sinceMs = Date.now() - this.#sampledAtMs
    this.#sampledAtMs = Date.now()
    // A process that did not run has not received what it would show.
    if (state === undefined || sinceMs > 4 * sampleEveryMs) return
    const { connection } = state.status
    if (this.changes.at(-1) !== connection.state) this.changes.push(connection.state)
    if (connection.state !== 'live') return
    const nowMs = Date.now()
    for (const { uid, health, reason, kind, name } of state.objects.values()) {
      const staleMs = health === 'unknown' ? 0 : churn.staleMs(uid, reason, nowMs)
      if (staleMs <= this.longestStaleMs) continue
      this.longestStaleMs = staleMs
      this.worst = `${kind} ${name}: ${reason}`
    }
  }

  async close(): Promise<void> {
    await this.#ended()
  }
}

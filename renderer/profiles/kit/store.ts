import { createStore, type StoreApi } from 'zustand/vanilla'
import type { KitContent, ReceivedKit } from '../../../preload/contract/kits.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { base64Of } from '../../lib/base64.ts'
import type { Client } from '../../lib/client.ts'
import { attempt } from '../../lib/outcome.ts'
import { isAbort, toReport } from '../../lib/problem.ts'
import { t } from '../../strings/t.ts'

export type Login = { readonly kind: 'none' | 'typed' } | { readonly kind: 'plane'; readonly planeId: string }

interface Registry {
  /** Host, port and path. */
  readonly address: string
  readonly plainHttp: boolean
  readonly ca: string
  readonly login: Login
  readonly username: string
  readonly password: string
}

interface Working {
  readonly phase: 'send' | 'verify' | 'push'
  readonly done: number
  readonly total: number
}

interface KitState {
  readonly kit: ReceivedKit | undefined
  /** Text of the public key. */
  readonly key: string
  readonly working: Working | undefined
  readonly problem: ProblemReport | undefined
  /** A file that the window itself could not take. */
  readonly fault: string | undefined
  readonly content: KitContent | undefined
  readonly registry: Registry
  /** The content is in the registry: `said` by the user, or pushed just now. */
  readonly pushed: 'said' | readonly { readonly from: string; readonly to: string }[] | undefined
  readonly cancelled: boolean
  readonly name: string
  readonly replace: boolean
  readonly imported: string | undefined
  choose(file: File | null): Promise<void>
  chooseKey(file: File | null): Promise<void>
  setKey(key: string): void
  remove(): Promise<void>
  verify(): Promise<void>
  setRegistry(part: Partial<Registry>): void
  push(): Promise<void>
  skipPush(): void
  cancel(): void
  setName(name: string): void
  setReplace(replace: boolean): void
  /** The name of the profile; undefined: it failed. */
  importProfile(): Promise<string | undefined>
}

export type KitStore = StoreApi<KitState>

const emptyRegistry: Registry = {
  address: '',
  plainHttp: false,
  ca: '',
  login: { kind: 'none' },
  username: '',
  password: '',
}
const empty = {
  kit: undefined,
  key: '',
  working: undefined,
  problem: undefined,
  fault: undefined,
  content: undefined,
  registry: emptyRegistry,
  pushed: undefined,
  cancelled: false,
  name: '',
  replace: false,
  imported: undefined,
} as const satisfies Partial<KitState>

/** What follows from the kit and its key. */
const unverified = {
  content: undefined,
  pushed: undefined,
  imported: undefined,
  problem: undefined,
  fault: undefined,
  cancelled: false,
}
/** A message of the browser host has at most 16 MiB, in base64. */
const partBytes = 4 * 1_048_576
const keyLimitBytes = 2_000

const stores = new WeakMap<object, KitStore>()

/** One kit at a time, which survives a change of the view. */
export function kitStoreOf(client: Pick<Client, 'kits'>): KitStore {
  const store = stores.get(client) ?? createKitStore(client)
  stores.set(client, store)
  return store
}

type Ends<Event> = Exclude<Event, { kind: 'progress' }>

function createKitStore({ kits }: Pick<Client, 'kits'>): KitStore {
  return createStore<KitState>()((set, get) => {
    let running: AbortController | undefined

    /** Runs an action with its progress; undefined after a failure, which is shown, or a cancel. */
    async function act<Result>(phase: Working['phase'], run: (signal: AbortSignal) => Promise<Result>) {
      running?.abort()
      const own = new AbortController()
      running = own
      set({ working: { phase, done: 0, total: 0 }, problem: undefined, fault: undefined, cancelled: false })
      try {
        const result = await run(own.signal)
        return own.signal.aborted ? undefined : result
      } catch (error) {
        if (!isAbort(error, own.signal) && !own.signal.aborted) set({ problem: toReport(error) })
        return undefined
      } finally {
        if (running === own) set({ working: undefined })
      }
    }

    /** Follows the events of an action to its last one. */
    async function lastOf<Event extends { readonly kind: string }>(
      events: AsyncIterable<Event>,
      signal: AbortSignal,
    ): Promise<Ends<Event>> {
      for await (const event of events) {
        signal.throwIfAborted()
        if (event.kind !== 'progress') return event as Ends<Event>
        const { phase, done, total } = event as unknown as Working
        set({ working: { phase, done, total } })
      }
      // A stream that ends without its last event has lost its core.
      throw new Error('The stream ended early')
    }

    async function send(file: File, signal: AbortSignal): Promise<ReceivedKit> {
      let kit = await kits.begin({ name: file.name, bytes: file.size })
      set({ kit })
      while (kit.received < file.size) {
        signal.throwIfAborted()
        const part = file.slice(kit.received, kit.received + partBytes)
        const content = await base64Of(part).catch(() => undefined)
        if (content === undefined) {
          set({ fault: t('kits.unreadable') })
          running?.abort()
          throw signal.reason
        }
        kit = await kits.append({ id: kit.id, offset: kit.received, content }, { signal })
        set({ kit, working: { phase: 'send', done: kit.received, total: file.size } })
      }
      return kit
    }

    async function forgetKit(): Promise<void> {
      const { kit } = get()
      set({ ...unverified, kit: undefined })
      if (kit !== undefined) await attempt(() => kits.remove({ id: kit.id }))
    }

    const signedOf = ({ kit, key }: KitState) => ({ id: kit?.id ?? '', key })
    const destinationOf = ({ registry: { address, plainHttp } }: KitState) => ({ registry: address, plainHttp })

    return {
      ...empty,
      async choose(file) {
        if (file === null) return
        running?.abort()
        await forgetKit()
        const kit = await act('send', (signal) => send(file, signal))
        if (kit === undefined && get().working === undefined) {
          const { problem, fault } = get()
          await forgetKit()
          set({ problem, fault })
        }
      },
      async chooseKey(file) {
        if (file === null) return
        if (file.size > keyLimitBytes) return set({ fault: t('kits.keyTooLarge') })
        const key = await file.text().catch(() => undefined)
        if (key === undefined) set({ fault: t('kits.unreadable') })
        else get().setKey(key)
      },
      setKey: (key) => set({ ...unverified, key }),
      async remove() {
        running?.abort()
        await forgetKit()
      },
      async verify() {
        set(unverified)
        const end = await act('verify', async (signal) =>
          lastOf(await kits.verify(signedOf(get()), { signal }), signal),
        )
        if (end === undefined) return
        const { content } = end
        set({ content, name: `${content.profile}-kit` })
      },
      setRegistry: (part) => set({ registry: { ...get().registry, ...part }, pushed: undefined, problem: undefined }),
      async push() {
        const { ca, login, username, password } = get().registry
        const input = {
          ...signedOf(get()),
          ...destinationOf(get()),
          ca,
          ...(login.kind === 'typed' && { login: { username, password } }),
          ...(login.kind === 'plane' && { planeId: login.planeId }),
        }
        set({ pushed: undefined })
        const end = await act('push', async (signal) => lastOf(await kits.push(input, { signal }), signal))
        if (end !== undefined) set({ pushed: end.references, registry: { ...get().registry, password: '' } })
      },
      skipPush: () => set({ pushed: 'said', problem: undefined, cancelled: false }),
      cancel() {
        const wasPush = get().working?.phase === 'push' || get().content !== undefined
        running?.abort()
        set({ working: undefined, cancelled: wasPush })
      },
      setName: (name) => set({ name, replace: false, imported: undefined, problem: undefined }),
      setReplace: (replace) => set({ replace }),
      async importProfile() {
        const { name, replace } = get()
        const input = { ...signedOf(get()), ...destinationOf(get()), name, replace }
        const end = await act('verify', async (signal) => lastOf(await kits.import(input, { signal }), signal))
        if (end === undefined) return undefined
        set({ imported: end.profile.name })
        return end.profile.name
      },
    }
  })
}

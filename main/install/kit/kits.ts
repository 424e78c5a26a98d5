import type { KitContent, ReceivedKit } from '../../../preload/contract/kits.ts'
import { AsyncQueue } from '../../lib/concurrency/async-queue.ts'
import type { ReportKit } from './build-kit.ts'
import type { Kit } from './kit.ts'
import type { PushedReference } from './push-kit.ts'
import type { ReceivedKits } from './received-kits.ts'

interface KitProgress {
  readonly kind: 'progress'
  readonly phase: 'verify' | 'push'
  readonly done: number
  readonly total: number
}
interface Signed {
  readonly id: string
  readonly key: string
}
interface Destination {
  readonly registry: string
  readonly plainHttp: boolean
}
type Events<End> = AsyncGenerator<KitProgress | End>

/** Kits as a page uses them: it sends the file and names it by an id. */
export interface Kits extends Pick<ReceivedKits, 'begin' | 'append' | 'remove'> {
  list(): ReceivedKit[]
  /** Throws KIT_*. */
  verify(input: Signed, signal: AbortSignal): Events<{ kind: 'verified'; content: KitContent }>
  /** Throws KIT_*, REGISTRY_*, VAULT_LOCKED. */
  push(
    input: Signed &
      Destination & {
        readonly ca: string
        readonly login?: { readonly username: string; readonly password: string } | undefined
        readonly planeId?: string | undefined
      },
    signal: AbortSignal,
  ): Events<{ kind: 'pushed'; references: PushedReference[] }>
  /** Throws KIT_*, PROFILE_INVALID, INPUT_INVALID. */
  import(
    input: Signed & Destination & { readonly name: string; readonly replace: boolean },
    signal: AbortSignal,
  ): Events<{ kind: 'imported'; profile: { name: string } }>
}

/** Between two reports of progress: four a second are enough to see that it goes on. */
const reportEachMs = 250

export function createKits(kit: Kit, received: ReceivedKits): Kits {
  const sourceOf = ({ id, key }: Signed) => ({ file: received.fileOf(id), key })
  const { list, begin, append, remove } = received
  return {
    list,
    begin,
    append,
    remove,
    async *verify(input, signal) {
      const source = sourceOf(input)
      const summary = yield* withProgress((report, until) => kit.verify(source, report, until), signal)
      yield { kind: 'verified', content: contentOf(summary) }
    },
    async *push({ registry: destination, plainHttp, ca, login, planeId, ...signed }, signal) {
      const source = sourceOf(signed)
      const host = destination.split('/')[0] ?? ''
      const registry = {
        dockerConfig: login === undefined ? '' : JSON.stringify({ auths: { [host]: login } }),
        planeId,
        ca: ca === '' ? [] : [ca],
        plainHttp: plainHttp ? [host] : [],
      }
      const references = yield* withProgress(
        (report, until) => kit.push(source, { destination, registry }, report, until),
        signal,
      )
      yield { kind: 'pushed', references }
    },
    async *import({ registry: destination, plainHttp: insecure, name, replace, ...signed }, signal) {
      const source = sourceOf(signed)
      const as = { destination, insecure, name, replace }
      const profile = yield* withProgress((report, until) => kit.import(source, as, report, until), signal)
      yield { kind: 'imported', profile: { name: profile.name } }
    },
  }
}

/** Yields the progress of the work, and returns its result. What is not read to its end is aborted. */
async function* withProgress<Result>(
  work: (report: ReportKit, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<KitProgress, Result> {
  const queue = new AsyncQueue<KitProgress, Result>()
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  let [shown, lastMs] = ['', Number.NEGATIVE_INFINITY]
  const report: ReportKit = ({ phase, done, total }) => {
    const nowMs = performance.now()
    if ((phase !== 'verify' && phase !== 'push') || (phase === shown && nowMs - lastMs < reportEachMs && done < total))
      return
    ;[shown, lastMs] = [phase, nowMs]
    queue.push({ kind: 'progress', phase, done, total })
  }
  queue.endWith(work(report, until))
  try {
    return yield* queue.read(signal)
  } finally {
    left.abort()
  }
}

function contentOf({ manifest, digest, bytes, key }: Awaited<ReturnType<Kit['verify']>>): KitContent {
  const { name, title, platforms, charts, images, certificates = [] } = manifest
  return {
    profile: name,
    title,
    digest: `sha256:${digest}`,
    key,
    bytes,
    platforms,
    releases: charts.map(({ release, name: chart, version, digest: of }) => ({ release, chart, version, digest: of })),
    images: images.map(({ reference, digest: of }) => ({ reference, digest: of })),
    certificates: certificates.length,
  }
}

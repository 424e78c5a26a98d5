import type { KitContent, ReceivedKit } from '../../../preload/contract/kits.ts'
import type { ProblemCode } from '../../../preload/contract/problem.ts'
import { pause } from './clock.ts'

type Fail = (code: ProblemCode, message: string, evidence?: string) => never

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const kitBytes = 612_400_000

const contentOf = ({ bytes }: ReceivedKit): KitContent => ({
  profile: 'demo',
  title: 'Demo plane',
  digest: digest('3'),
  key: '9D0E2A61C57B13F4',
  bytes: Math.max(bytes, kitBytes),
  platforms: ['linux/amd64'],
  releases: ['plane-foundation', 'plane-flux', 'plane-gateway', 'plane-agent', 'plane-adaptors'].map((release) => ({
    release,
    chart: release,
    version: '1.0.0',
    digest: digest('a'),
  })),
  images: ['ghcr.io/fluxcd/helm-controller:v1.6.2', 'docker.io/library/node:24-alpine'].map((reference) => ({
    reference,
    digest: digest('b'),
  })),
  certificates: 1,
})

const stepMs = 30
const steps = 10

/** Kits as a core has them. A file named `slow.kit` is verified, and a registry `slow.example.com` pushed to, until it is cancelled. */
export function createFakeKits(fail: Fail) {
  const kits = new Map<string, ReceivedKit>()
  const imported: string[] = []
  const calls: string[] = []
  const find = (id: string): ReceivedKit => kits.get(id) ?? fail('INPUT_INVALID', 'This kit is not here any more.')

  async function* progress(phase: 'verify' | 'push', isEndless: boolean, signal: AbortSignal | undefined) {
    for (let step = 0; step < steps && signal?.aborted !== true; step += 1) {
      yield { kind: 'progress' as const, phase, done: (kitBytes * step) / steps, total: kitBytes }
      await pause(step === steps / 2 && isEndless ? 60_000 : stepMs, signal)
    }
  }

  return {
    imported,
    calls,
    list: (): ReceivedKit[] => [...kits.values()],
    begin({ name, bytes }: { name: string; bytes: number }): ReceivedKit {
      if (name === 'full.kit') fail('INTERNAL', 'No space is left on the disk.')
      const kit = { id: crypto.randomUUID(), name, bytes, received: 0 }
      kits.set(kit.id, kit)
      return kit
    },
    append({ id, content }: { id: string; content: string }): ReceivedKit {
      const kit = find(id)
      const next = { ...kit, received: kit.received + atob(content).length }
      kits.set(id, next)
      return next
    },
    remove: ({ id }: { id: string }) => {
      calls.push(`remove ${kits.get(id)?.name}`)
      kits.delete(id)
      return {}
    },
    async *verify({ id, key }: { id: string; key: string }, signal: AbortSignal | undefined) {
      const kit = find(id)
      yield* progress('verify', kit.name === 'slow.kit', signal)
      if (signal?.aborted === true) return
      if (key.includes('other'))
        fail('KIT_KEY_OTHER', 'The kit is signed with the key 9D0E2A61C57B13F4, not with 0000000000000001.')
      if (kit.name === 'changed.kit')
        fail('KIT_CHANGED', 'blobs/sha256/aa is not what the manifest of the kit says: its content was changed.')
      yield { kind: 'verified' as const, content: contentOf(kit) }
    },
    async *push(
      input: { id: string; registry: string; login?: { username: string } | undefined; planeId?: string | undefined },
      signal: AbortSignal | undefined,
    ) {
      const { registry, login, planeId } = input
      calls.push(`push ${registry} ${login?.username ?? planeId ?? 'nobody'}`)
      yield* progress('push', registry.startsWith('slow.'), signal)
      if (signal?.aborted === true) return
      if (registry.startsWith('denied.') && login === undefined)
        fail('REGISTRY_DENIED', `${registry} does not permit to push: a login is needed.`, 'HTTP 401')
      const references = contentOf(find(input.id)).images.map(({ reference, digest: of }) => ({
        from: reference,
        to: `${registry}/${reference.split('/').slice(1).join('/')}@${of}`,
      }))
      yield { kind: 'pushed' as const, references }
    },
    async *import({ name, replace }: { name: string; replace: boolean }, signal: AbortSignal | undefined) {
      calls.push(`import ${name}${replace ? ' replacing' : ''}`)
      yield* progress('verify', false, signal)
      if (!imported.includes(name)) imported.push(name)
      yield { kind: 'imported' as const, profile: { name } }
    },
  }
}

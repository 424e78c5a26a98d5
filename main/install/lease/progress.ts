import { z } from 'zod'
import type { PlaneHolder } from '../../../preload/contract/install.ts'
import { StepProgress } from '../../../preload/contract/operations.ts'
import type { OperationHandle } from '../../lib/operation.ts'
import { type KubernetesObject, textAt } from '../observe/kubernetes-object.ts'
import { type Holder, leaseState, parseHolder } from './holder.ts'

/** The journal of the operation as others see it, on the lease. It has titles and states: no values and no messages. */
export const progressAnnotation = 'hangar/progress'

const charactersAtMost = 100_000
const stepsAtMost = 500
const Title = z.string().transform((text) => text.slice(0, 300))

const Progress = z.object({
  version: z.literal(1),
  title: Title,
  steps: z.array(z.object({ title: Title, state: StepProgress.shape.state })).max(stepsAtMost),
})
type Progress = z.infer<typeof Progress>

/** Pure. Anyone who can write Leases of the namespace chooses the text. Undefined if it is none of Hangar's. */
export function parseProgress(text: string | undefined): Progress | undefined {
  if (text === undefined || text.length > charactersAtMost) return undefined
  try {
    return Progress.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const progressOf = (lease: KubernetesObject): Progress | undefined =>
  parseProgress(textAt(lease, 'metadata', 'annotations', progressAnnotation))

/** `ana@desk` */
export function describeHolder(lease: KubernetesObject): string {
  const text = textAt(lease, 'spec', 'holderIdentity') ?? ''
  const parsed = parseHolder(text)
  return parsed ? `${parsed.user}@${parsed.host}` : text.slice(0, 100) || 'Another process'
}

/** `"Install demo": 1 of 4 steps is done, now "Upgrade Agent".`; empty if the holder has not published it. */
export function describeProgress(lease: KubernetesObject): string {
  const progress = progressOf(lease)
  if (progress === undefined) return ''
  const { title, steps } = progress
  const done = steps.filter(({ state }) => state === 'done' || state === 'skipped').length
  const now = steps.filter(({ state }) => state === 'running').map((step) => `"${step.title}"`)
  return `"${title}": ${done} of ${steps.length} steps done${now.length === 0 ? '' : `, now ${now.join(' and ')}`}.`
}

/** Pure: who holds the lease; undefined if nobody does. */
export function holderOf(
  lease: KubernetesObject,
  me: Holder,
  now: number,
  hasEnded: (holder: Holder) => boolean,
): PlaneHolder | undefined {
  if ((textAt(lease, 'spec', 'holderIdentity') ?? '') === '') return undefined
  const { state } = leaseState(lease, me, now, hasEnded)
  const { title = '', steps = [] } = progressOf(lease) ?? {}
  return {
    who: describeHolder(lease),
    state: state === 'free' ? 'ended' : state === 'held' ? 'working' : 'silent',
    since: (textAt(lease, 'spec', 'acquireTime') ?? '').slice(0, 40),
    renewedAt: (textAt(lease, 'spec', 'renewTime') ?? '').slice(0, 40),
    title,
    steps,
  }
}

/** The steps of a running operation, as its handle reports them. */
export interface SharedProgress {
  readonly handle: OperationHandle
  /** Calls `publish` now and after each change. */
  share(publish: (text: string) => void): void
}

export function shareProgress(
  handle: OperationHandle,
  title: string,
  steps: readonly { readonly id: string; readonly title: string }[],
): SharedProgress {
  const ended = new Set(
    handle.history
      .filter(({ event, data }) => event === 'step-ended' && data?.state !== 'failed')
      .map(({ step }) => step),
  )
  const states = new Map<string, StepProgress['state']>(steps.map(({ id }) => [id, ended.has(id) ? 'done' : 'pending']))
  let publish: (text: string) => void = () => undefined
  const changed = (): void => {
    const shown = steps.slice(0, stepsAtMost).map((step) => ({ title: step.title, state: states.get(step.id) }))
    publish(JSON.stringify({ version: 1, title, steps: shown }))
  }
  return {
    handle: {
      ...handle,
      async stepStarted(step) {
        await handle.stepStarted(step)
        states.set(step, 'running')
        changed()
      },
      async stepEnded(step, state, message) {
        await handle.stepEnded(step, state, message)
        states.set(step, state)
        changed()
      },
    },
    share(to) {
      publish = to
      changed()
    },
  }
}

import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { execInPod } from '../../../lib/kubernetes/exec.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import { execPermissions, missingPermissions } from '../permissions.ts'
import type { Placement } from '../placement.ts'
import { parseEvent, textLines } from '../pod/output-lines.ts'
import type { Work, WorkEvent } from '../pod/work.ts'
import { Refused } from '../refusal.ts'
import { type ExecCandidate, execCandidates } from './exec-candidates.ts'
import { hasUsableTool, listToolsScript, parseAnswer, type ShellAnswer, shellResult, shellScript } from './shell.ts'

export interface ExistingPodProbe {
  readonly client: KubernetesClient
  readonly placement: Placement
  readonly bundle: string
  readonly work: Work
  readonly waiting: (message: string) => void
}

/** How a check ran without a pod of our own. */
export interface ExecOutcome {
  readonly by: string
  /** True: the probe itself ran. False: a shell checked names and connections only. */
  readonly complete: boolean
}

/** Until the probe in an existing pod prints its first event. */
const firstEventLimitMs = 20_000
const shellLimitMs = 120_000

/**
 * Checks from pods that already run: by the probe if a container has Node, otherwise by a shell. Returns undefined if neither
 * works. Creates nothing in the cluster; the program in the container is small and ends by itself.
 */
export async function* probeInExistingPod(
  probe: ExistingPodProbe,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, ExecOutcome | undefined> {
  const { client, placement, waiting } = probe
  if ((await missingPermissions(client, placement.namespace, execPermissions, signal)).length > 0) return undefined
  const pods = await listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, { namespace: placement.namespace }, signal)
  const candidates = execCandidates(pods, placement)
  for (const candidate of candidates) {
    if (!candidate.hasMemory) continue
    waiting(`trying the Node of the pod ${candidate.pod}, because the probe cannot be started`)
    if (yield* byNode(probe, candidate, signal)) return { by: candidateLabel(candidate), complete: true }
  }
  for (const candidate of candidates) {
    waiting(`trying the shell of the pod ${candidate.pod}, because the probe cannot be started`)
    if (yield* byShell(probe, candidate, signal)) return { by: candidateLabel(candidate), complete: false }
  }
  return undefined
}

const candidateLabel = ({ pod, container }: ExecCandidate): string => `the pod ${pod} (container ${container})`

/** Reads program and work from standard input by length, because exec cannot always signal its end. Ends with the connection. */
const loader = (bundleBytes: number, allBytes: number): string =>
  [
    'let b=[],n=0,s=0',
    `process.stdin.on("data",c=>{if(s)return;b.push(c);n+=c.length;if(n<${allBytes})return;s=1`,
    `const a=Buffer.concat(b);globalThis.hangarWork=a.subarray(${bundleBytes},${allBytes})`,
    `new Function("require","process",a.subarray(0,${bundleBytes}).toString())(require,process)})`,
    'process.stdin.on("end",()=>s||process.exit(1))',
  ].join(';')

async function* byNode(
  { client, placement, bundle, work }: ExistingPodProbe,
  { pod, container }: ExecCandidate,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, boolean> {
  const program = Buffer.from(bundle)
  const stdin = Buffer.concat([program, Buffer.from(JSON.stringify(work))])
  const command = ['node', '-e', loader(program.length, stdin.length)]
  const overdue = new AbortController()
  const timer = setTimeout(() => overdue.abort(), firstEventLimitMs)
  const until = AbortSignal.any([signal, overdue.signal])
  let started = false
  try {
    const bytes = execInPod(client, { namespace: placement.namespace, pod, container, command, stdin }, until)
    for await (const line of textLines(bytes)) {
      const event = parseEvent(line)
      if (event === undefined) continue
      if (event.kind === 'fault' && !started) return false
      if (event.kind === 'fault') throw new Refused({ cause: 'vantage.failed', message: event.message })
      started = true
      clearTimeout(timer)
      yield event
      if (event.kind === 'end') return true
    }
  } catch (error) {
    signal.throwIfAborted()
    if (started) throw error
  } finally {
    clearTimeout(timer)
  }
  if (started)
    throw new Refused({ cause: 'vantage.failed', message: `the pod ${pod} ended before the probe was finished` })
  return false
}

async function* byShell(
  { client, placement, work }: ExistingPodProbe,
  candidate: ExecCandidate,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, boolean> {
  const { pod, container } = candidate
  const at = { namespace: placement.namespace, pod, container }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(shellLimitMs)])
  const tools = new Set<string>()
  try {
    for await (const line of textLines(execInPod(client, { ...at, command: ['sh', '-c', listToolsScript] }, limit)))
      tools.add(line.trim())
  } catch {
    signal.throwIfAborted()
    return false
  }
  if (!hasUsableTool(tools)) return false
  const answers = new Map<number, ShellAnswer[]>()
  const stdin = Buffer.from(shellScript(work.plans, tools))
  try {
    for await (const line of textLines(execInPod(client, { ...at, command: ['sh', '-s'], stdin }, limit))) {
      const answer = parseAnswer(line)
      if (answer === 'end') break
      if (answer !== undefined) answers.set(answer.row, [...(answers.get(answer.row) ?? []), answer])
    }
  } catch {
    signal.throwIfAborted()
  }
  const now = new Date().toISOString()
  for (const [index, plan] of work.plans.entries())
    yield {
      kind: 'result',
      result: shellResult(plan, work.vantage, answers.get(index) ?? [], candidateLabel(candidate), now),
    }
  yield { kind: 'end' }
  return true
}

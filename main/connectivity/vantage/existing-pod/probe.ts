import type { ExistingPod } from '../../../../preload/contract/connectivity.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { execInPod } from '../../../lib/kubernetes/exec.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import { resultWithoutProbe } from '../../run/result.ts'
import { execPermissions, requirePermissions } from '../permissions.ts'
import { parseEvent, textLines } from '../pod/output-lines.ts'
import type { Work, WorkEvent } from '../pod/work.ts'
import { type Refusal, Refused, refuse } from '../refusal.ts'
import { type ExecCandidate, runningContainers } from './candidates.ts'
import { shareableWork } from './shareable.ts'
import { hasUsableTool, listToolsScript, parseAnswer, type ShellAnswer, shellResult, shellScript } from './shell.ts'

export interface ExistingPodProbe {
  readonly client: KubernetesClient
  /** The pod that the user named. */
  readonly at: ExistingPod
  readonly bundle: string
  /** Its secrets are not sent. */
  readonly work: Work
  readonly waiting: (message: string) => void
}

/** Until the probe in an existing pod prints its first event. */
const firstEventLimitMs = 20_000
const shellLimitMs = 120_000

/**
 * Checks in a pod that Hangar did not create: by the probe if the container has Node, otherwise by a shell. Yields a result for
 * each endpoint of the work; those that need a secret are unknown. Returns what limits the results. Creates nothing in the
 * cluster; the program in the container is small and ends by itself. Throws Refused.
 */
export async function* probeInExistingPod(
  probe: ExistingPodProbe,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, Refusal | undefined> {
  const { at, waiting } = probe
  const { work, withheld } = shareableWork(probe.work)
  for (const plan of withheld) yield { kind: 'result', result: resultWithoutProbe(work.vantage, plan) }
  if (work.plans.length === 0) return undefined
  const candidate = await findContainer(probe, signal)
  const exec: Exec = { ...probe, work, candidate }
  const label = `the pod ${candidate.pod} (container ${candidate.container})`
  if (candidate.hasMemory) {
    waiting(`trying the Node of ${label}`)
    if (yield* byNode(exec, signal)) return undefined
  }
  waiting(`trying the shell of ${label}`)
  if (yield* byShell(exec, label, signal))
    return {
      cause: 'vantage.limited',
      message: `the shell of ${label} checked names and connections, not which server answers, because ${candidate.hasMemory ? 'it has no Node that runs the probe' : 'its memory limit has no room for Node'}`,
    }
  return refuse(
    'vantage.failed',
    `${label} in ${at.namespace} has neither a Node that runs the probe nor a shell with nslookup, getent, curl, bash or nc`,
  )
}

interface Exec extends ExistingPodProbe {
  readonly candidate: ExecCandidate
}

async function findContainer({ client, at }: ExistingPodProbe, signal: AbortSignal): Promise<ExecCandidate> {
  const { namespace, pod: name, container } = at
  await requirePermissions(client, namespace, execPermissions, signal)
  const selection = { namespace, fieldSelector: `metadata.name=${name}` }
  const pods = await listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, selection, signal)
  const running = pods.filter(({ metadata }) => metadata.name === name).flatMap(runningContainers)
  const found = container === undefined ? running[0] : running.find((each) => each.container === container)
  return (
    found ??
    refuse(
      'vantage.absent',
      `the pod ${name} in ${namespace} has no running container${container === undefined ? '' : ` ${container}`}`,
    )
  )
}

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
  { client, at, bundle, work, candidate: { pod, container } }: Exec,
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
    const bytes = execInPod(client, { namespace: at.namespace, pod, container, command, stdin }, until)
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
  { client, at: { namespace }, work, candidate: { pod, container } }: Exec,
  label: string,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, boolean> {
  const at = { namespace, pod, container }
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
      result: shellResult(plan, work.vantage, answers.get(index) ?? [], label, now),
    }
  yield { kind: 'end' }
  return true
}

import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { execInPod } from '../../../lib/kubernetes/exec.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import { missingPermissions, toExec } from '../permissions.ts'
import type { Placement } from '../placement.ts'
import { readLine, textLines } from '../pod/output-lines.ts'
import type { Work, WorkEvent } from '../pod/work.ts'
import { Refused } from '../refusal.ts'
import { type ExecCandidate, execCandidates } from './exec-candidates.ts'
import { canTry, readAnswer, type ShellAnswer, shellResult, shellScript, whatIsThere } from './shell.ts'

export interface ExistingPodProbe {
  readonly client: KubernetesClient
  readonly placement: Placement
  readonly bundle: string
  readonly work: Work
  readonly waiting: (words: string) => void
}

/** By what a placement without a probe of its own was asked. */
export interface ExecOutcome {
  readonly by: string
  /** The very probe ran, so its results are whole; else a shell tried what it can. */
  readonly whole: boolean
}

/** Until a borrowed program has said its first word. */
const firstWordLimitMs = 20_000
const shellLimitMs = 120_000

/**
 * Asks by what pods that run already have: the probe itself where one has Node, else a shell. Returns undefined where nothing
 * is lent. Creates nothing in the cluster; what runs in somebody's container is small, and ends by itself.
 */
export async function* probeInExistingPod(
  borrowing: ExistingPodProbe,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, ExecOutcome | undefined> {
  const { client, placement, waiting } = borrowing
  if ((await missingPermissions(client, placement.namespace, toExec, signal)).length > 0) return undefined
  const pods = await listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, { namespace: placement.namespace }, signal)
  const lenders = execCandidates(pods, placement)
  for (const lender of lenders) {
    if (!lender.room) continue
    waiting(`trying the Node of the pod ${lender.pod}, as the probe cannot be started`)
    if (yield* byNode(borrowing, lender, signal)) return { by: sayLender(lender), whole: true }
  }
  for (const lender of lenders) {
    waiting(`trying the shell of the pod ${lender.pod}, as the probe cannot be started`)
    if (yield* byShell(borrowing, lender, signal)) return { by: sayLender(lender), whole: false }
  }
  return undefined
}

const sayLender = ({ pod, container }: ExecCandidate): string => `the pod ${pod} (container ${container})`

/** Takes program and work from standard input, by length: its end cannot always be told. Gone when the connection is. */
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
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), firstWordLimitMs)
  const until = AbortSignal.any([signal, late.signal])
  let begun = false
  try {
    const bytes = execInPod(client, { namespace: placement.namespace, pod, container, command, stdin }, until)
    for await (const line of textLines(bytes)) {
      const event = readLine(line)
      if (event === undefined) continue
      if (event.kind === 'fault' && !begun) return false
      if (event.kind === 'fault') throw new Refused({ cause: 'vantage.failed', message: event.message })
      begun = true
      clearTimeout(timer)
      yield event
      if (event.kind === 'end') return true
    }
  } catch (error) {
    signal.throwIfAborted()
    if (begun) throw error
  } finally {
    clearTimeout(timer)
  }
  if (begun) throw new Refused({ cause: 'vantage.failed', message: `the pod ${pod} ended before everything was told` })
  return false
}

async function* byShell(
  { client, placement, work }: ExistingPodProbe,
  lender: ExecCandidate,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent, boolean> {
  const { pod, container } = lender
  const at = { namespace: placement.namespace, pod, container }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(shellLimitMs)])
  const tools = new Set<string>()
  try {
    for await (const line of textLines(execInPod(client, { ...at, command: ['sh', '-c', whatIsThere] }, limit)))
      tools.add(line.trim())
  } catch {
    signal.throwIfAborted()
    return false
  }
  if (!canTry(tools)) return false
  const answers = new Map<number, ShellAnswer[]>()
  const stdin = Buffer.from(shellScript(work.rows, tools))
  try {
    for await (const line of textLines(execInPod(client, { ...at, command: ['sh', '-s'], stdin }, limit))) {
      const answer = readAnswer(line)
      if (answer === 'end') break
      if (answer !== undefined) answers.set(answer.row, [...(answers.get(answer.row) ?? []), answer])
    }
  } catch {
    signal.throwIfAborted()
  }
  const now = new Date().toISOString()
  for (const [index, row] of work.rows.entries())
    yield {
      kind: 'result',
      result: shellResult(row, work.vantage, answers.get(index) ?? [], sayLender(lender), now),
    }
  yield { kind: 'end' }
  return true
}

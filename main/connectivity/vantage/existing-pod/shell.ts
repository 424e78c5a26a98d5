import type { Result, StageResult, Vantage } from '../../../../preload/contract/connectivity.ts'
import type { ProbePlan } from '../../plan/plan.ts'
import { bareHost } from '../../probe/addresses.ts'
import { type Cause, causes } from '../../probe/causes.ts'
import { noConnectionFacts } from '../../probe/connection-facts.ts'
import { evidence } from '../../probe/evidence.ts'

/** Endpoints checked at once: a shell starts a few programs for each. */
const endpointsAtOnce = 8
const connectSeconds = 4

/** Prints which of the usable programs exist, one per line. */
export const listToolsScript =
  'for p in nslookup getent curl bash nc timeout; do command -v $p >/dev/null 2>&1 && echo $p; done; exit 0'

export const hasUsableTool = (tools: ReadonlySet<string>): boolean =>
  ['nslookup', 'getent', 'curl', 'bash', 'nc'].some((tool) => tools.has(tool))

/** Quotes text for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * A script for a POSIX shell that resolves the name and opens a connection for each endpoint, with the programs that exist.
 * It prints one line for each: marker, index, stage, program, exit status, output. Pure.
 */
export function shellScript(plans: readonly ProbePlan[], tools: ReadonlySet<string>): string {
  const bound = tools.has('timeout') ? `timeout ${connectSeconds + 2} ` : ''
  const resolve = tools.has('nslookup') ? 'nslookup' : tools.has('getent') ? 'getent' : ''
  const dial = tools.has('curl') ? 'curl' : tools.has('bash') ? 'bash' : tools.has('nc') ? 'nc' : ''
  const commands: Readonly<Record<string, string>> = {
    nslookup: `${bound}nslookup "$2"`,
    getent: `${bound}getent hosts "$2"`,
    curl: `curl -v -s --connect-timeout ${connectSeconds} -m ${connectSeconds + 1} "telnet://$2:$3"`,
    bash: `${bound}bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo connected' "$2" "$3"`,
    nc: `${bound}nc -w ${connectSeconds} "$2" "$3"`,
  }
  const step = (stage: string, program: string): string =>
    program === ''
      ? ''
      : `  o=$(${commands[program]} </dev/null 2>&1); c=$?; echo "@hangar $1 ${stage} ${program} $c $(echo "$o" | tr '\\n\\r' '  ' | cut -c1-900)"`
  const calls = plans.map(({ target }, index) => `row ${index} ${quoted(bareHost(target.host))} ${target.port} &`)
  const groups = Array.from({ length: Math.ceil(calls.length / endpointsAtOnce) }, (_, at) => [
    ...calls.slice(at * endpointsAtOnce, (at + 1) * endpointsAtOnce),
    'wait',
  ])
  return [
    'row() {',
    step('dns', resolve),
    step('tcp', dial),
    '  :',
    '}',
    ...groups.flat(),
    'echo "@hangar end"',
    'exit 0',
    '',
  ]
    .filter((line) => line !== '')
    .join('\n')
    .concat('\n')
}

export interface ShellAnswer {
  readonly row: number
  readonly stage: 'dns' | 'tcp'
  readonly program: string
  readonly status: number
  readonly output: string
}

/** One line of the script's output; undefined: of another program. Pure. */
export function parseAnswer(line: string): ShellAnswer | 'end' | undefined {
  if (line.trim() === '@hangar end') return 'end'
  const match = /^@hangar (\d{1,9}) (dns|tcp) (\w{1,20}) (\d{1,9}) ?(.*)$/.exec(line)
  if (match === null) return undefined
  const [, row, stage, program = '', status, output = ''] = match
  return { row: Number(row), stage: stage === 'tcp' ? 'tcp' : 'dns', program, status: Number(status), output }
}

/** What an answer proves: a cause, a working stage, or nothing. */
type Proof =
  | { readonly kind: 'failed'; readonly cause: Cause }
  | { readonly kind: 'open' }
  | { readonly kind: 'open-question' }

const failed = (cause: Cause): Proof => ({ kind: 'failed', cause })
const openQuestion: Proof = { kind: 'open-question' }

/** Pure. `host` distinguishes NXDOMAIN for the name itself from NXDOMAIN for its search domains. */
export function evaluateAnswer({ stage, program, status, output }: ShellAnswer, host: string): Proof {
  if (stage === 'dns') {
    if (program === 'nslookup') {
      if (/no servers could be reached|connection timed out|timed out/i.test(output)) return failed('dns.timeout')
      const denied = [...output.matchAll(/can't find (\S+?):? ?:? NXDOMAIN/gi)].some(
        ([, name = '']) => name.replace(/(?<![.:])[.:]+$/, '').toLowerCase() === host.toLowerCase(),
      )
      const resolved = /Name:\s*\S+/.test(output) && status === 0
      if (denied && !resolved) return failed('dns.nxdomain')
      return resolved ? { kind: 'open' } : openQuestion
    }
    // getent has one exit status for a nonexistent name and for a server that does not answer.
    return status === 0 && output.trim() !== '' ? { kind: 'open' } : openQuestion
  }
  if (/refused/i.test(output)) return failed('tcp.refused')
  if (/reset by peer/i.test(output)) return failed('tcp.reset')
  if (/Connected to |^connected\s*$/i.test(output.trim())) return { kind: 'open' }
  if (/timed out|timeout/i.test(output)) return failed('tcp.timeout')
  // busybox nc: 0 if the peer closed, 124 or 143 if "timeout" ended it while connected; its own time-out has output.
  if (program === 'nc' && output.trim() === '' && [0, 124, 143].includes(status)) return { kind: 'open' }
  return openQuestion
}

const stages = ['config', 'dns', 'tcp', 'proxy', 'tls', 'identity'] as const satisfies readonly StageResult['stage'][]

/**
 * The result of an endpoint that a shell checked. It never passes: an open connection does not prove which server answers. A failed
 * stage has its own cause. Pure.
 */
export function shellResult(
  { id, target }: ProbePlan,
  vantage: Vantage,
  answers: readonly ShellAnswer[],
  by: string,
  at: string,
): Result {
  const proofs = answers.map((answer) => ({ answer, proof: evaluateAnswer(answer, bareHost(target.host)) }))
  const failure = proofs.find(({ proof }) => proof.kind === 'failed')
  const cause: Cause = failure?.proof.kind === 'failed' ? failure.proof.cause : 'vantage.limited'
  const stageResult = (stage: StageResult['stage']): StageResult => {
    if (stage === 'config') {
      const message = `checked by the shell of ${by}; a shell cannot verify which server answers`
      return { stage, verdict: failure === undefined ? 'unknown' : 'pass', at, ms: 0, evidence: evidence(message) }
    }
    const checked = proofs.find(({ answer }) => answer.stage === stage)
    if (checked === undefined)
      return { stage, verdict: 'skipped', at: '', ms: 0, evidence: 'not tried: a shell cannot check it' }
    const { answer, proof } = checked
    const verdict = proof.kind === 'failed' ? causes[proof.cause].verdict : proof.kind === 'open' ? 'pass' : 'unknown'
    return { stage, verdict, at, ms: 0, evidence: evidence(`${answer.program} (${answer.status}): ${answer.output}`) }
  }
  return {
    endpoint: id,
    vantage,
    verdict: causes[cause].verdict,
    cause,
    hint: causes[cause].hint,
    stages: stages.map(stageResult),
    facts: noConnectionFacts,
  }
}

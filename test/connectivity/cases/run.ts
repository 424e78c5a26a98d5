import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveNames, type Zone } from '../servers/dns.ts'
import { withLifetime } from '../servers/lifetime.ts'
import { authority, name } from '../servers/serve.ts'
import type { Case, Setup } from './case.ts'
import { type CheckInput, type CheckOutcome, runCheck } from './run-check.ts'

/** A zone in which the server's name and its subdomains are this machine. */
const known: Zone = (asked, family) =>
  asked === name || asked.endsWith(`.${name}`) ? (family === 4 ? ['127.0.0.1'] : []) : { code: 3 }

/** The input of the check for a set-up. */
export async function checkInput({
  row,
  resolver,
  env,
  credential,
  filesLeft,
  holdSeconds,
}: Setup): Promise<CheckInput> {
  const asked = resolver ?? (await serveNames(known)).address
  return {
    row,
    ca: authority.certificate,
    resolver: asked === 'system' ? undefined : asked,
    env: env ?? {},
    credential,
    filesLeft,
    holdSeconds: holdSeconds ?? 0,
  }
}

/** Node's compile cache: each check from inside a network is a new process. */
const compiled = join(tmpdir(), `hangar-compiled-${process.pid}`)
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }))

const program = join(import.meta.dirname, 'run-check.ts')

/** Runs a Node program inside the network of a case. Returns its output, parsed as JSON. */
export async function runInside(
  inside: readonly string[],
  args: readonly string[],
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const [command = '', ...rest] = [...inside, process.execPath, ...args]
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { NODE_COMPILE_CACHE: compiled }, signal })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => output.push(part))
  child.stderr.on('data', (part: Buffer) => errors.push(part))
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(input))
  await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()))
  const text = Buffer.concat(output).toString('utf8')
  if (text === '') throw new Error(`the program printed nothing: ${Buffer.concat(errors).toString('utf8').slice(-600)}`)
  return JSON.parse(text)
}

/** Sets up a case, runs `act`, and tears the case down. */
export const withSetup = <T>({ setUp }: Pick<Case, 'setUp'>, act: (setUp: Setup) => Promise<T>): Promise<T> =>
  withLifetime(async () => act(await setUp()))

/** Checks the endpoint of a set-up, from the network of the case. */
export async function checkFrom(setUp: Setup, signal: AbortSignal): Promise<CheckOutcome> {
  const at = await checkInput(setUp)
  if (setUp.inside === undefined) return runCheck(at, signal)
  // The program's own format.
  return (await runInside(setUp.inside, ['--disable-warning=ExperimentalWarning', program], at, signal)) as CheckOutcome
}

/** Far above the duration of any case, also on a busy machine: it ends a case that hangs. */
export const caseLimitMs = 90_000

/** Sets up a case, checks it, and tears it down. */
export const runCase = (one: Pick<Case, 'setUp'>, signal = AbortSignal.timeout(caseLimitMs)): Promise<CheckOutcome> =>
  withSetup(one, (setUp) => checkFrom(setUp, signal))

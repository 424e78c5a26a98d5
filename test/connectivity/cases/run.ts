import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveNames, type Zone } from '../servers/dns.ts'
import { inLife } from '../servers/life.ts'
import { authority, name } from '../servers/serve.ts'
import type { Case, Scene } from './case.ts'
import { type Look, type Looked, look } from './look.ts'

/** Knows the far end's name and those below it, as this machine. */
const known: Zone = (asked, family) =>
  asked === name || asked.endsWith(`.${name}`) ? (family === 4 ? ['127.0.0.1'] : []) : { code: 3 }

/** A scene as a look takes it. */
export async function lookAt({ row, resolver, env, credential, filesLeft, holdSeconds }: Scene): Promise<Look> {
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

/** What Node made of our sources: each look from inside is a new process. */
const compiled = join(tmpdir(), `hangar-compiled-${process.pid}`)
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }))

const program = join(import.meta.dirname, 'look.ts')

/** Runs a program of Node where the scene is; what it prints, as JSON. */
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
  if (text === '')
    throw new Error(`nothing was said from inside: ${Buffer.concat(errors).toString('utf8').slice(-600)}`)
  return JSON.parse(text)
}

/** Puts up the scene of a case, hands it to `act`, and takes it down. */
export const inScene = <T>({ scene }: Pick<Case, 'scene'>, act: (scene: Scene) => Promise<T>): Promise<T> =>
  inLife(async () => act(await scene()))

/** Looks at a scene that is up, from where it has to be looked at. */
export async function lookFrom(scene: Scene, signal: AbortSignal): Promise<Looked> {
  const at = await lookAt(scene)
  if (scene.inside === undefined) return look(at, signal)
  // The program is our own.
  return (await runInside(scene.inside, ['--disable-warning=ExperimentalWarning', program], at, signal)) as Looked
}

/** Far above what any case takes: it ends one that hangs, also on a machine that is busy with other things. */
export const caseLimitMs = 90_000

/** One case from beginning to end. */
export const runCase = (one: Pick<Case, 'scene'>, signal = AbortSignal.timeout(caseLimitMs)): Promise<Looked> =>
  inScene(one, (scene) => lookFrom(scene, signal))

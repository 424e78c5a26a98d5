import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Facts } from '../../../main/connectivity/probe/facts.ts'
import type { Target } from '../../../main/connectivity/probe/target.ts'

/** One place in the judgement that reports a cause: an entry of a list of detectors, or a `return` of a fault. */
interface Site {
  readonly id: number
  /** The cause that it reports; empty where it reports one of several. */
  readonly cause: string
  readonly where: string
}

/** The judgement with sites that can be disabled: it continues as if they were not in the code. */
export interface MutatedJudge {
  readonly sites: readonly Site[]
  /** `verdict cause`, or `threw` where no judgement was left. */
  judge(facts: Facts, target: Target, without: ReadonlySet<number>): string
}

const main = join(import.meta.dirname, '../../../main')

/** Returns that report a cause; without one, the function continues with the next check. */
const causeReturns = /\breturn (?=(?:fault|withCause|credentialsRequired|portal|block|sinkhole)\()/g
const guards = /'no (?:HTTP|AMQP|gRPC)'/

/** Makes each `return` that reports a cause conditional. Guards of the types, which no server can reach, stay. */
function open(text: string, where: string, sites: Site[]): string {
  return text.replace(causeReturns, (found, offset: number) => {
    const line = text.slice(offset, text.indexOf('\n', offset))
    const rest = text.slice(offset, offset + 160)
    const starts = text.lastIndexOf('\n', offset) + 1
    const isBuilder = /=>\s*$/.test(text.slice(starts, offset)) || /^export const/.test(text.slice(starts, offset))
    if (guards.test(line) || isBuilder) return found
    const cause = /^return \w+\(\s*'([a-z0-9.-]+)'/.exec(rest)?.[1] ?? ''
    const id = sites.length
    sites.push({ id, cause, where: `${where}: ${line.trim().slice(0, 100)}` })
    return `if (globalThis.hangarEnabled(${id})) ${found}`
  })
}

const detectLoop = 'for (const { cause, match } of detectors) {'

/**
 * A copy of the probe's judgement in which every site can be disabled, for mutation testing. `stop` removes the copy.
 */
export async function mutatedJudge(): Promise<MutatedJudge & { readonly stop: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'hangar-blind-'))
  const folder = join(root, 'connectivity/probe')
  for (const part of ['connectivity/probe', 'lib/rules'])
    await cp(join(main, part), join(root, part), { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  const sites: Site[] = []
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /^(?:judge|protocols)[/\\].*\.ts$|^judge\.ts$|^web-pages\.ts$/.test(file),
  )
  for (const file of files.toSorted()) {
    const path = join(folder, file)
    const text = await readFile(path, 'utf8')
    await writeFile(path, open(text, relative(folder, path), sites))
  }
  const detector = join(folder, 'judge/detector.ts')
  const text = await readFile(detector, 'utf8')
  if (!text.includes(detectLoop)) throw new Error('judge/detector.ts no longer loops over a list of detectors')
  const known = `${detectLoop}\n    if (!globalThis.hangarDetectorEnabled(cause, match)) continue`
  await writeFile(detector, text.replace(detectLoop, known))

  const without = { now: new Set<number>() as ReadonlySet<number> }
  const byDetector = new Map<unknown, number>()
  Object.assign(globalThis, {
    hangarEnabled: (id: number) => !without.now.has(id),
    hangarDetectorEnabled(cause: string, match: unknown) {
      const id = byDetector.get(match) ?? sites.length
      if (!byDetector.has(match)) {
        byDetector.set(match, id)
        sites.push({ id, cause, where: `detector of ${cause}: ${String(match).replace(/\s+/g, ' ').slice(0, 100)}` })
      }
      return !without.now.has(id)
    },
  })
  const { judge } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'judge.ts')).href)
  return {
    sites,
    judge(facts, target, taken) {
      without.now = taken
      try {
        const { verdict, cause } = judge(facts, target)
        return `${verdict} ${cause}`.trim()
      } catch {
        return 'threw'
      } finally {
        without.now = new Set()
      }
    },
    stop: () => rm(root, { recursive: true, force: true }),
  }
}

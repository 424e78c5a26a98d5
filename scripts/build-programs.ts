import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isRunning, type ProcessId, processId } from './process-id.ts'
import { type RunResult, run } from './run.ts'

/** A program that is built from committed sources: Go builds most of them from a module. */
export type Program = {
  readonly name: string
  /** Folder of the module: go.mod, go.sum and sources; or pom.xml, and the hashes of its jars. */
  readonly folder: string
  /** The package to build, or a function that makes something else of the module. */
  readonly target: string | ((make: Make) => Promise<void>)
  readonly tags?: readonly string[]
  /** `-X` settings: variable to value. */
  readonly set?: Readonly<Record<string, string>>
  /** The exact Go release, for reproducible output; Go downloads it where it is another one. */
  readonly go?: string
  /** `GOOS/GOARCH`; default: this machine's. */
  readonly platform?: string
  /** Copies further files of the module, after the build. */
  readonly also?: (make: Make) => Promise<void>
  /** Seconds that a cold build took on two cores: the estimate until this computer has built it once. */
  readonly seconds: number
}

/** For the steps of a program. `out` is the folder that becomes `programFolder(program)`. */
export type Make = {
  readonly out: string
  go(args: readonly string[]): Promise<RunResult>
  readonly signal: AbortSignal | undefined
}

export type BuildProgress = {
  readonly name: string
  /** Counts from 1. */
  readonly index: number
  readonly total: number
  readonly secondsLeft: number
  /** For the terminal: `kubelet, 3 of 12, about 6 min left`. */
  readonly text: string
}

/** Why a program could not be built; `hint`: what to do, and what works without it. */
export class BuildProblem extends Error {
  readonly hint: string
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BuildProblem'
    this.hint = hint
  }
}

const minimumGo = [1, 26] as const
const goHint =
  'Install Go 1.26 or later (https://go.dev/dl). Without Go, everything works that needs neither a test cluster nor the helm of Hangar.'

/** The cache folder of this user: `HANGAR_CACHE`, else `hangar` in XDG_CACHE_HOME or ~/.cache. */
export const cacheRoot = (): string =>
  process.env.HANGAR_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hangar')

/** 16 hex digits of a hash of all inputs: the files of the module and the settings here. */
export const programKey = (program: Program): string => {
  const hash = createHash('sha256')
  for (const file of readdirSync(program.folder).sort()) {
    if (!/^go\.(mod|sum)$|\.go$|^pom\.xml$|^jars\.sha256$/.test(file)) continue
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(program.folder, file)))
      .update('\0')
  }
  const { target, tags, set, go, platform } = program
  hash.update(JSON.stringify({ target: typeof target === 'string' ? target : '', tags, set, go, platform }))
  return hash.digest('hex').slice(0, 16)
}

/** The folder of a built program, whether it exists yet or not. */
export const programFolder = (program: Program): string =>
  join(cacheRoot(), 'programs', `${program.name}-${programKey(program)}`)

export const isBuilt = (program: Program): boolean => existsSync(programFolder(program))

const platformOf = (program: Program): string[] => (program.platform ? program.platform.split('/') : [])

export const binaryName = (program: Program): string => {
  const windows = program.platform ? program.platform.startsWith('windows') : process.platform === 'win32'
  return windows ? `${program.name}.exe` : program.name
}

/** `6 min`, or seconds under a minute and a half. */
const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`

/** `about 6 min left`, or seconds under a minute and a half. */
export const describeTimeLeft = (seconds: number): string => `about ${duration(seconds)} left`

/** The expected duration of a build. `learned`: seconds that the last build of that program took on this computer. */
export type Expected = { readonly seconds: number; readonly learned?: number }

/** Seconds for all of them: as learned here, else as measured on two cores and scaled to this computer's. Pure. */
export const expectedSeconds = (all: readonly Expected[], cores: number): number =>
  all.reduce((total, { seconds, learned }) => total + (learned ?? (seconds * 2) / Math.min(8, cores)), 0)

/**
 * Seconds left, from what the builds so far took against what they were expected to take. `ofCurrent`: seconds since
 * the current one began, `elapsedSeconds`: of those before it. Pure.
 */
export const estimateLeft = (
  all: readonly Expected[],
  index: number,
  elapsedSeconds: number,
  cores: number,
  ofCurrent = 0,
): number => {
  const expectedSoFar = expectedSeconds(all.slice(0, index), cores)
  // The first programs are small, so their times say little about this computer.
  const pace = expectedSoFar > 30 ? elapsedSeconds / expectedSoFar : 1
  const [rest, after] = [index, index + 1].map((from) => expectedSeconds(all.slice(from), cores) * pace)
  return Math.max(after ?? 0, (rest ?? 0) - ofCurrent)
}

/** In the cache folder: from the name of a program to the seconds of its last build here. */
const durationsFile = (): string => join(cacheRoot(), 'build-seconds.json')

const Durations = z.record(z.string(), z.number().positive())

/** Durations of earlier builds; empty where there were none, or the file cannot be read. */
export const learnedSeconds = (): z.infer<typeof Durations> => {
  try {
    return Durations.parse(JSON.parse(readFileSync(durationsFile(), 'utf8')))
  } catch {
    return {} // only the estimate is worse without it
  }
}

/** Only the holder of the build lock writes. */
const learn = async (name: string, seconds: number): Promise<void> => {
  const draft = `${durationsFile()}.part`
  await writeFile(draft, `${JSON.stringify({ ...learnedSeconds(), [name]: seconds }, undefined, 2)}\n`)
  await rename(draft, durationsFile())
}

const withLearned = (programs: readonly Program[]): (Program & Expected)[] => {
  const learned = learnedSeconds()
  return programs.map((program) => ({ ...program, learned: learned[program.name] }))
}

/** Measured: 17 programs take 0.8 GB, Go's module and build caches 10 GB after the first build. */
const megabytesEach = 47

/**
 * What will be built, why, its size and time, and what works without it, for a user who waits for the first build.
 * Undefined where nothing is missing.
 */
export const describeBuild = (programs: readonly Program[], cores = availableParallelism()): string | undefined => {
  const missing = withLearned(programs).filter((program) => !isBuilt(program))
  if (missing.length === 0) return undefined
  const isFirst = missing.every(({ learned }) => learned === undefined)
  return [
    `Building ${missing.length} ${missing.length === 1 ? 'program' : 'programs'} from source, once: ${missing.map(({ name }) => name).join(', ')}.`,
    '  Why: the demo and the tests run on a real Kubernetes on this computer. They touch no cluster of yours.',
    `  Size: about ${missing.length * megabytesEach} MB in ${cacheRoot()}, and up to 10 GB in Go's caches, which "go clean -cache -modcache" empties.`,
    `  Time: about ${duration(expectedSeconds(missing, cores))} on ${cores} ${cores === 1 ? 'core' : 'cores'}${isFirst ? ', and up to twice that while Go downloads its modules' : ', going by earlier builds here'}. Ctrl-C loses only the program being built.`,
    '  Without it: "npm start" opens Hangar on your own kubeconfig, and "npm run test:unit" needs no cluster. The demo and the other tests cannot use a cluster of yours.',
  ].join('\n')
}

const lockPollMs = 500

/** How often progress is reported: kube-apiserver alone takes minutes. */
const progressEveryMs = 30_000

/** Takes the build lock of the cache folder; waits while a running process has it. */
const lock = async (onWait: () => void, signal: AbortSignal | undefined): Promise<() => Promise<void>> => {
  const file = join(cacheRoot(), 'build.lock')
  for (let waits = 0; ; waits += 1) {
    signal?.throwIfAborted()
    const handle = await open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      return undefined
    })
    if (handle) {
      await handle.writeFile(JSON.stringify(processId(process.pid)))
      await handle.close()
      return () => rm(file, { force: true })
    }
    const holder = await readFile(file, 'utf8').catch(() => '')
    // An empty file is being written: it counts as abandoned only after several checks.
    if (holder === '' ? waits > 4 : !isRunning(JSON.parse(holder) as ProcessId /* written by the lines above */)) {
      await rm(file, { force: true })
      continue
    }
    if (waits === 0) onWait()
    await sleep(lockPollMs, undefined, { signal })
  }
}

const pathWithGo = (): string => [process.env.PATH ?? '', '/usr/local/go/bin'].join(delimiter)

/** The version of Go on that path, such as `go1.26.8`. Throws BuildProblem where it is missing or too old. */
export const findGo = async (path: string, signal?: AbortSignal): Promise<string> => {
  const { code, stdout } = await run('go', ['env', 'GOVERSION'], { env: { PATH: path }, signal }).catch(() => {
    signal?.throwIfAborted()
    return { code: 127, stdout: '' }
  })
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? []
  if (code !== 0 || major === undefined) throw new BuildProblem('Go is not installed.', goHint)
  if (Number(major) < minimumGo[0] || (Number(major) === minimumGo[0] && Number(minor) < minimumGo[1]))
    throw new BuildProblem(`Go ${stdout.trim().slice(2)} is too old.`, goHint)
  return stdout.trim()
}

// What Go prints when a module cannot be fetched.
const offline =
  /dial tcp|no such host|i\/o timeout|proxyconnect|network is unreachable|connection refused|TLS handshake/

const buildOne = async (program: Program, goVersion: string, signal: AbortSignal | undefined): Promise<void> => {
  const final = programFolder(program)
  const out = `${final}.part`
  await rm(out, { recursive: true, force: true })
  await mkdir(out)
  const [os, arch] = platformOf(program)
  const env = {
    PATH: pathWithGo(),
    // The output must not depend on a C compiler, paths of this machine or settings of this user.
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
    GOWORK: 'off',
    GOEXPERIMENT: '',
    GOAMD64: 'v1',
    GOARM64: 'v8.0',
    GOFIPS140: 'off',
    ...(os ? { GOOS: os, GOARCH: arch } : {}),
    ...(program.go ? { GOTOOLCHAIN: goVersion === `go${program.go}` ? 'local' : `go${program.go}` } : {}),
  }
  const go = async (args: readonly string[]): Promise<RunResult> => {
    const result = await run('go', args, { cwd: program.folder, env, signal })
    if (result.code === 0) return result
    const output = result.stderr.slice(-2_000)
    if (offline.test(output))
      throw new BuildProblem(
        `${program.name} was not built: its Go modules could not be downloaded.`,
        `The first build needs the network (or GOPROXY set to a reachable mirror). Go printed: ${output.slice(-400)}`,
      )
    throw new BuildProblem(`${program.name} was not built: go ${args[0]} failed.`, output)
  }
  const make = { out, go, signal }
  if (typeof program.target === 'string') {
    const settings = Object.entries(program.set ?? {}).map(([name, value]) => ` -X ${name}=${value}`)
    const tags = program.tags ? ['-tags', program.tags.join(',')] : []
    const file = join(out, binaryName(program))
    await go(['build', ...tags, '-ldflags', `-s -w -buildid=${settings.join('')}`, '-o', file, program.target])
  } else await program.target(make)
  await program.also?.(make)
  await rename(out, final)
}

/**
 * Builds the missing programs one after the other (Go itself uses all cores). A second caller waits for the first, and
 * then has nothing to build. Throws BuildProblem, or the abort reason.
 */
export const buildPrograms = async (
  programs: readonly Program[],
  { onProgress, signal }: { onProgress?: (progress: BuildProgress) => void; signal?: AbortSignal } = {},
): Promise<void> => {
  if (programs.every(isBuilt)) return
  const goVersion = await findGo(pathWithGo(), signal)
  await mkdir(join(cacheRoot(), 'programs'), { recursive: true })
  const release = await lock(() => {
    const text = 'waiting for another build on this machine'
    onProgress?.({ name: '', index: 0, total: programs.length, secondsLeft: 0, text })
  }, signal)
  try {
    const missing = withLearned(programs).filter((program) => !isBuilt(program))
    const secondsSince = (startMs: number): number => (performance.now() - startMs) / 1_000
    const startMs = performance.now()
    for (const [index, program] of missing.entries()) {
      const before = secondsSince(startMs)
      const programStartMs = performance.now()
      const report = (): void => {
        const soFar = secondsSince(programStartMs)
        const secondsLeft = estimateLeft(missing, index, before, availableParallelism(), soFar)
        const since = soFar < 1 ? '' : `, ${duration(soFar)} so far`
        const text = `${program.name}, ${index + 1} of ${missing.length}${since}, ${describeTimeLeft(secondsLeft)}`
        onProgress?.({ name: program.name, index: index + 1, total: missing.length, secondsLeft, text })
      }
      report()
      const timer = setInterval(report, progressEveryMs)
      try {
        await buildOne(program, goVersion, signal)
      } finally {
        clearInterval(timer)
      }
      await learn(program.name, secondsSince(programStartMs))
    }
  } finally {
    await release()
  }
}

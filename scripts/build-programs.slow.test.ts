import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  buildPrograms,
  describeBuild,
  describeTimeLeft,
  estimateLeft,
  findGo,
  learnedSeconds,
  type Program,
  programFolder,
  programKey,
} from './build-programs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-build-'))
  vi.stubEnv('HANGAR_CACHE', join(folder, 'cache'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
})

/** A program of one line, without modules to fetch. */
const tiny = async (output: string): Promise<Program> => {
  const at = join(folder, 'module')
  await mkdir(at, { recursive: true })
  await writeFile(join(at, 'go.mod'), 'module hangar.test/tiny\n\ngo 1.26.0\n')
  await writeFile(join(at, 'main.go'), `package main\n\nfunc main() { println("${output}") }\n`)
  return { name: 'tiny', folder: at, target: 'hangar.test/tiny', seconds: 1 }
}

const path = [process.env.PATH ?? '', '/usr/local/go/bin'].join(delimiter)
const go = await findGo(path).catch(() => undefined)

describe('programKey', () => {
  it('depends on the sources and the settings only', async () => {
    const first = programKey(await tiny('a'))
    await writeFile(join(folder, 'module', 'notes.txt'), 'not part of the build')

    expect(programKey(await tiny('a'))).toBe(first)
    expect(programKey(await tiny('b'))).not.toBe(first)
    expect(programKey({ ...(await tiny('a')), tags: ['x'] })).not.toBe(first)
  })
})

describe('estimateLeft', () => {
  const all = [{ seconds: 100 }, { seconds: 50 }, { seconds: 50 }]

  it.each([
    { index: 0, elapsed: 0, cores: 2, left: 200 },
    { index: 0, elapsed: 0, cores: 4, left: 100 },
    { index: 1, elapsed: 200, cores: 2, left: 200 },
    { index: 2, elapsed: 75, cores: 2, left: 25 },
  ])('is $left s after $index builds in $elapsed s on $cores cores', ({ index, elapsed, cores, left }) => {
    expect(estimateLeft(all, index, elapsed, cores)).toBe(left)
  })

  it('uses the time of the last build on this computer, where it is known', () => {
    expect(estimateLeft([{ seconds: 100, learned: 300 }, { seconds: 50 }], 0, 0, 4)).toBe(325)
  })

  it.each([
    { ofCurrent: 20, left: 80 + 50 },
    { ofCurrent: 200, left: 50 },
  ])('counts down while a program is built: after $ofCurrent s $left s', ({ ofCurrent, left }) => {
    expect(estimateLeft([{ seconds: 100 }, { seconds: 50 }], 0, 0, 2, ofCurrent)).toBe(left)
  })

  it.each([
    [0.2, 'about 1 s left'],
    [42, 'about 42 s left'],
    [371, 'about 6 min left'],
  ])('%s seconds are described as %s', (seconds, text) => {
    expect(describeTimeLeft(seconds)).toBe(text)
  })
})

describe('describeBuild', () => {
  it('names the programs, the reason, size and time, and what works without them', async () => {
    const description = describeBuild([{ ...(await tiny('a')), seconds: 600 }], 4)

    expect(description).toMatch(/^Building 1 program from source, once: tiny\./)
    expect(description).toMatch(/real Kubernetes/)
    expect(description).toContain(`47 MB in ${join(folder, 'cache')}`)
    expect(description).toMatch(/about 5 min on 4 cores, and up to twice that/)
    expect(description).toMatch(/"npm start" opens Hangar on your own kubeconfig/)
  })

  it('uses the times of earlier builds on this computer', async () => {
    await mkdir(join(folder, 'cache'))
    await writeFile(join(folder, 'cache', 'build-seconds.json'), JSON.stringify({ tiny: 240 }))

    expect(describeBuild([await tiny('a')], 2)).toMatch(/about 4 min on 2 cores, going by earlier builds/)
  })

  it('is undefined where nothing is missing', () => {
    expect(describeBuild([])).toBeUndefined()
  })
})

describe('findGo', () => {
  it('reports what to install and what works without it where Go is missing', async () => {
    const problem = await findGo(folder).catch((error: unknown) => error)

    expect(problem).toMatchObject({
      message: 'Go is not installed.',
      hint: expect.stringContaining('https://go.dev/dl'),
    })
  })

  it.skipIf(process.platform === 'win32')('reports a Go that is too old', async () => {
    await writeFile(join(folder, 'go'), '#!/bin/sh\necho go1.21.3\n', { mode: 0o755 })

    await expect(findGo(`${folder}:/bin`)).rejects.toThrow('Go 1.21.3 is too old.')
  })
})

describe.skipIf(!go)('buildPrograms (skipped where there is no Go)', () => {
  it('builds once for two callers: the second waits for the first', async () => {
    const program = await tiny('built')
    const output: string[] = []
    const onProgress = ({ text }: { readonly text: string }) => void output.push(text)

    await Promise.all([buildPrograms([program], { onProgress }), buildPrograms([program], { onProgress })])

    expect(existsSync(join(programFolder(program), 'tiny'))).toBe(true)
    expect(learnedSeconds()).toEqual({ tiny: expect.any(Number) })
    expect(describeBuild([program])).toBeUndefined()
    expect(output.sort()).toEqual([
      expect.stringMatching(/^tiny, 1 of 1, about/),
      'waiting for another build on this machine',
    ])
  }, 60_000)

  it('takes over the lock of a process that has ended', async () => {
    const program = await tiny('again')
    await mkdir(join(folder, 'cache'))
    await writeFile(join(folder, 'cache', 'build.lock'), JSON.stringify({ pid: process.pid, started: '1' }))

    await buildPrograms([program])

    expect(existsSync(programFolder(program))).toBe(true)
    expect(existsSync(join(folder, 'cache', 'build.lock'))).toBe(false)
  }, 60_000)

  it('reports the output of Go where a program does not compile, and leaves no incomplete program', async () => {
    const program = await tiny('", 1 +')

    await expect(buildPrograms([program])).rejects.toMatchObject({
      message: 'tiny was not built: go build failed.',
      hint: expect.stringContaining('main.go:3'),
    })
    expect(existsSync(programFolder(program))).toBe(false)
  }, 60_000)
})

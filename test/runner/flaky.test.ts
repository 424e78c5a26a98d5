import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { runProject } from '../../scripts/run-project.ts'
import type { Outcome } from '../../scripts/tally.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hangar-runner-'))
  const config = "export default { test: { projects: [{ test: { name: 'unit', include: ['*.test.mjs'] } }] } }"
  await writeFile(join(root, 'vitest.config.mjs'), config)
  await symlink(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'))
  await mkdir(join(root, 'results'))
  return () => rm(root, { recursive: true, force: true })
})

const outcomes = async (script: string): Promise<Pick<Outcome, 'name' | 'status'>[]> => {
  const file = join(root, 'some.test.mjs')
  await writeFile(
    file,
    `import { existsSync, writeFileSync } from 'node:fs'\nimport { beforeAll, describe, expect, it } from 'vitest'\n${script}`,
  )
  onTestFinished(() => rm(file))
  const found = await runProject('unit', { root, results: join(root, 'results'), quiet: true })
  return found.map(({ name, status }) => ({ name, status }))
}

it('repeats a file with failures once: what passes then is flaky, what fails again is failed', async () => {
  const script = `
    it('passes', () => undefined)
    it('fails once', () => {
      const seen = existsSync(${JSON.stringify(join(root, 'seen'))})
      writeFileSync(${JSON.stringify(join(root, 'seen'))}, '')
      expect(seen).toBe(true)
    })
    it('fails always', () => expect(1).toBe(2))
    it.skip('is skipped', () => undefined)`

  expect(await outcomes(script)).toEqual([
    { name: 'passes', status: 'passed' },
    { name: 'fails once', status: 'flaky' },
    { name: 'fails always', status: 'failed' },
    { name: 'is skipped', status: 'skipped' },
  ])
})

it('counts the tests of a set-up that failed once as the repeat found them', async () => {
  const script = `
    describe('a suite', () => {
      beforeAll(() => {
        const seen = existsSync(${JSON.stringify(join(root, 'set-up'))})
        writeFileSync(${JSON.stringify(join(root, 'set-up'))}, '')
        expect(seen).toBe(true)
      })
      it('passes', () => undefined)
      it('fails', () => expect(1).toBe(2))
      it.skip('is skipped', () => undefined)
    })`

  expect(await outcomes(script)).toEqual([
    { name: 'a suite passes', status: 'passed' },
    { name: 'a suite fails', status: 'failed' },
    { name: 'a suite is skipped', status: 'skipped' },
    { name: join(root, 'some.test.mjs'), status: 'flaky' },
  ])
})

it('reports an error outside of all tests as a failure', async () => {
  const script =
    "it('passes', () => { setTimeout(() => { throw new Error('late') }, 10) })\nit('waits', () => new Promise((done) => setTimeout(done, 200)))"

  expect((await outcomes(script)).at(-1)).toEqual({ name: 'the test runner ended with 1', status: 'failed' })
})

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chartFiles, copyChart } from './chart-folder.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-chart-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const withDependency = 'name: a\ndependencies: [{name: shared, version: 1.0.0, repository: "file://../shared"}]\n'
const pathsOf = async (chart: string) => (await chartFiles(join(folder, chart))).map(({ path }) => path)

describe('the files of a chart folder', () => {
  it('are sorted by path', async () => {
    await write({ 'a/values.yaml': '', 'a/Chart.yaml': 'name: a\n', 'a/templates/b.yaml': '' })
    expect(await pathsOf('a')).toEqual(['Chart.yaml', 'templates/b.yaml', 'values.yaml'])
  })

  it('include a file:// dependency below charts/', async () => {
    await write({
      'a/Chart.yaml': withDependency,
      'shared/Chart.yaml': 'name: shared\n',
      'shared/templates/_t.tpl': 'x',
    })
    expect(await pathsOf('a')).toEqual(['Chart.yaml', 'charts/shared/Chart.yaml', 'charts/shared/templates/_t.tpl'])
  })

  it('are complete in a copy, without the dependency', async () => {
    await write({
      'a/Chart.yaml': withDependency,
      'shared/Chart.yaml': 'name: shared\n',
      'shared/templates/_t.tpl': 'x',
    })
    await copyChart(join(folder, 'a'), join(folder, 'elsewhere/a'))
    await rm(join(folder, 'shared'), { recursive: true })

    expect(await pathsOf('elsewhere/a')).toEqual([
      'Chart.yaml',
      'charts/shared/Chart.yaml',
      'charts/shared/templates/_t.tpl',
    ])
    expect(await readFile(join(folder, 'elsewhere/a/charts/shared/templates/_t.tpl'), 'utf8')).toBe('x')
  })

  it('do not depend on a valid Chart.yaml, which helm reports', async () => {
    await write({ 'a/Chart.yaml': 'dependencies: {' })
    expect(await pathsOf('a')).toEqual(['Chart.yaml'])
  })
})

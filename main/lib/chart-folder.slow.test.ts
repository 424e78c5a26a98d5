import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chartFiles, chartLimits, digestOfFiles, writeChart } from './chart-folder.ts'

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
const filesOf = (chart: string) => chartFiles(folder, folder, chart)
const pathsOf = async (chart: string) => (await filesOf(chart)).map(({ path }) => path)

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
    await writeChart(await filesOf('a'), join(folder, 'elsewhere/a'))
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

describe('a chart of someone else', () => {
  const outside = async (): Promise<string> => {
    const other = await mkdtemp(join(tmpdir(), 'hangar-other-'))
    await writeFile(join(other, 'token'), 'canary')
    return other
  }
  const refused = (chart: string) => expect(filesOf(chart)).rejects.toMatchObject({ code: 'FILE_INVALID' })

  it.skipIf(process.platform === 'win32')(
    'takes no file by a symbolic link, in the folder or on the way to it',
    async () => {
      const other = await outside()
      await write({ 'a/Chart.yaml': 'name: a\n' })
      await symlink(join(other, 'token'), join(folder, 'a/notes'))
      await symlink(other, join(folder, 'linked'))
      await refused('a')
      await refused('linked')
      await mkdir(join(folder, 'b'))
      await symlink(other, join(folder, 'b/templates'))
      await refused('b')
      await rm(other, { recursive: true })
    },
  )

  it('is not read from outside the folder of the profile', async () => {
    const other = await outside()
    for (const path of [
      other,
      '../',
      `../${other.split('/').at(-1)}`,
      '//server/share',
      '\\\\server\\share',
      'C:/x',
      '',
    ])
      await refused(path)
    await rm(other, { recursive: true })
  })

  it('takes no dependency from outside, and writes none outside of its copy', async () => {
    const other = await outside()
    const dependency = (name: string, repository: string) =>
      `name: a\ndependencies: [{name: ${name}, version: 1.0.0, repository: "${repository}"}]\n`
    await write({ 'shared/x': 'x', 'a/Chart.yaml': dependency('shared', `file://${other}`) })
    await refused('a')
    await write({ 'a/Chart.yaml': dependency('shared', `file://../../${other.split('/').at(-1)}`) })
    await refused('a')
    await write({ 'a/Chart.yaml': dependency('../../../escaped', 'file://../shared') })
    await refused('a')
    await rm(other, { recursive: true })
  })

  it.skipIf(process.platform === 'win32')(
    'reads no device and does not wait for a pipe',
    async () => {
      await write({ 'a/Chart.yaml': 'name: a\n' })
      execFileSync('mkfifo', [join(folder, 'a/pipe')])
      await refused('a')
      await expect(chartFiles('/dev', '/dev', 'zero')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    },
    5_000,
  )

  it('has limits for the size of a file and of all files', async () => {
    await write({ 'a/Chart.yaml': 'name: a\n', 'a/large': '' })
    await truncate(join(folder, 'a/large'), chartLimits.fileBytes + 1)
    await refused('a')
    const part = chartLimits.fileBytes
    await truncate(join(folder, 'a/large'), part)
    for (let index = 0; index * part < chartLimits.totalBytes; index += 1) {
      await write({ [`a/more${index}`]: '' })
      await truncate(join(folder, `a/more${index}`), part)
    }
    await refused('a')
  })

  it('has a limit for the number of files', async () => {
    await mkdir(join(folder, 'a'))
    await Promise.all(
      Array.from({ length: chartLimits.files + 1 }, (_, index) => writeFile(join(folder, 'a', `${index}`), '')),
    )
    expect(await readdir(join(folder, 'a'))).toHaveLength(chartLimits.files + 1)
    await refused('a')
  })

  it('has another digest after any change of a path or a content', async () => {
    const digests = new Set<string>()
    const digest = async () => digests.add(digestOfFiles(await filesOf('a')))
    await write({ 'a/Chart.yaml': 'name: a\n', 'a/b': 'cd' })
    await digest()
    await write({ 'a/b': 'ce' })
    await digest()
    await rm(join(folder, 'a/b'))
    await write({ 'a/bc': 'e' })
    await digest()
    await rm(join(folder, 'a/bc'))
    await write({ 'a/c': 'cd' })
    await digest()
    expect(digests.size).toBe(4)
  })
})

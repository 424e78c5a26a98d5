import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readCluster } from './kubeconfig-entries.ts'
import { NamedFileReader } from './named-files.ts'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'hangar-named-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

const authorityOf = async (file: string) => {
  const cluster = readCluster({ server: 'https://c.test', 'certificate-authority': file }, '/')
  return (await new NamedFileReader().read(cluster, {})).authority
}

it('reads the file that a kubeconfig names, and says why it cannot', async () => {
  const root = await folder()
  await writeFile(join(root, 'ca.crt'), 'text')

  expect(await authorityOf(join(root, 'ca.crt'))).toEqual({ text: 'text' })
  expect(await authorityOf(join(root, 'none'))).toEqual({ fault: `${join(root, 'none')} does not exist.` })
  expect(await authorityOf(root)).toEqual({ fault: `${root} is a folder.` })
})

it.skipIf(process.platform === 'win32')(
  'reads no device, waits for no pipe, and passes over a large file',
  async () => {
    const root = await folder()
    const [pipe, large] = [join(root, 'pipe'), join(root, 'large')]
    execFileSync('mkfifo', [pipe])
    await writeFile(large, 'text')
    await truncate(large, 2 * 1024 * 1024)
    const startedMs = performance.now()

    for (const file of ['/dev/zero', '/proc/self/environ', pipe, large, '//server/share/ca.crt'])
      expect(await authorityOf(file)).toEqual({})
    expect(performance.now() - startedMs).toBeLessThan(1_500)
  },
)

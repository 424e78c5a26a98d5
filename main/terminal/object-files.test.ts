import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundleLimits, readObjects } from './object-files.ts'

const never = new AbortController().signal
const pod = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-objects-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const read = async (path: string, input = '') => {
  const { objects, notes, isIncomplete } = await readObjects(path, Readable.from([input]), never)
  return { names: objects.map(({ metadata }) => metadata.name), notes, isIncomplete }
}

describe('the objects of files', () => {
  it('are those of all YAML and JSON files in a folder and below it', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'cluster-resources', 'pods'), { recursive: true })
    await writeFile(join(folder, 'cluster-resources', 'pods', 'plane.json'), pod('a'))
    await writeFile(join(folder, 'node.yml'), pod('b'))
    await writeFile(join(folder, 'agent.log'), pod('c'))

    expect(await read(folder)).toEqual({ names: ['a', 'b'], notes: [], isIncomplete: false })
  })

  it('are those of one file, or of the standard input', async () => {
    const file = join(await temporaryFolder(), 'dump.txt')
    await writeFile(file, pod('a'))

    expect((await read(file)).names).toEqual(['a'])
    expect((await read('-', pod('b'))).names).toEqual(['b'])
  })

  it.skipIf(process.platform === 'win32')('are not read through links in a folder that others wrote', async () => {
    const folder = await temporaryFolder()
    const secret = join(await temporaryFolder(), 'secret.yaml')
    await writeFile(secret, pod('secret'))
    await symlink(secret, join(folder, 'link.yaml'))
    await symlink(join(secret, '..'), join(folder, 'folder'))
    await writeFile(join(folder, 'pod.yaml'), pod('a'))

    const { names, notes, isIncomplete } = await read(folder)

    expect({ names, isIncomplete }).toEqual({ names: ['a'], isIncomplete: true })
    expect(notes).toEqual([expect.stringContaining('link.yaml is a symbolic link')])
    // The user's own choice may be a link.
    expect((await read(join(folder, 'link.yaml'))).names).toEqual(['secret'])
  })

  it('are incomplete below the deepest folder that is read, and with a broken document', async () => {
    const folder = await temporaryFolder()
    const deep = join(folder, ...Array(bundleLimits.depth + 1).fill('d'))
    await mkdir(deep, { recursive: true })
    await writeFile(join(deep, 'a.yaml'), pod('a'))
    expect(await read(folder)).toMatchObject({ names: [], isIncomplete: true })

    await writeFile(join(folder, 'b.yaml'), `${pod('b')}\n---\n"`)
    await rm(join(folder, 'd'), { recursive: true })
    expect(await read(folder)).toMatchObject({ names: ['b'], isIncomplete: true })
  })

  it('are complete beside documents that are no objects, which are named', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'values.yaml'), 'replicas: 2')
    await writeFile(join(folder, 'pod.yaml'), pod('a'))

    expect(await read(folder)).toEqual({
      names: ['a'],
      notes: [
        `${join(folder, 'values.yaml')}: line 1: not a Kubernetes object with apiVersion, kind and metadata.name`,
      ],
      isIncomplete: false,
    })
  })

  it.each([
    ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${pod('a')}`, 'utf16le'), ['a'], undefined],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${pod('a')}`), ['a'], undefined],
    ['text with a byte that is not UTF-8', Buffer.from(`#\xff\n${pod('a')}`, 'latin1'), ['a'], undefined],
    ['UTF-16 without a mark', Buffer.from(pod('a'), 'utf16le'), [], 'neither UTF-8, nor UTF-16'],
    ['a compressed file', gzipSync(pod('a')), [], 'extract it first'],
  ] as const)('are read from %s, or it is named', async (_, content, expected, note) => {
    const file = join(await temporaryFolder(), 'pods.yaml')
    await writeFile(file, content)

    const { names, notes, isIncomplete } = await read(file)

    expect({ names, isIncomplete }).toEqual({ names: expected, isIncomplete: note !== undefined })
    expect(notes.join()).toContain(note ?? '')
  })

  it('cannot be read from a path that does not exist', async () => {
    await expect(read(join(await temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})

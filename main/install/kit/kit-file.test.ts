import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey, signatureText } from '../../lib/minisign.ts'
import { tarEnd, tarHeader, tarPadding } from '../../lib/tar.ts'
import { openKit, writeKit } from './kit-file.ts'
import { kitPaths, manifestText, parseManifest } from './manifest.ts'
import { sampleContents, sampleEntries, sampleKey, sampleManifest } from './sample.ts'

let folder: string
let kit: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-'))
  kit = await written('good.kit')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(name: string): Promise<Buffer> {
  const text = manifestText(sampleManifest)
  const signature = Buffer.from(signatureText(text, sampleKey, 'kit web'))
  const source =
    ({ path }: { path: string }) =>
    () => [sampleContents.get(path) ?? Buffer.alloc(0)]
  const parts = { text, signature, files: sampleManifest.files }
  await writeKit(join(folder, name), parts, source, AbortSignal.timeout(10_000))
  return await readFile(join(folder, name))
}

async function opened(content: Buffer, key = sampleKey) {
  const file = join(folder, 'tried.kit')
  await writeFile(file, content)
  const found = await openKit(file, key, AbortSignal.timeout(10_000))
  await found.close()
  return found
}

type Entry = readonly [path: string, content: Buffer]
const archive = (entries: readonly Entry[]): Buffer =>
  Buffer.concat([...entries.flatMap(([path, content]) => entryOf(tarHeader(path, content.length), content)), tarEnd])
const entryOf = (header: Buffer, content: Buffer): Buffer[] => [
  header,
  content,
  Buffer.alloc(tarPadding(content.length)),
]

/** The header with one field overwritten, and its checksum. */
function changedHeader(path: string, size: number, at: number, text: string): Buffer {
  const header = tarHeader(path, size)
  header.write(text, at)
  header.write('        ', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

const entries = sampleEntries()
const [, , , , profile = ['', Buffer.alloc(0)] as const] = entries
const first = [...sampleContents.keys()].find((path) => path.startsWith('blobs/')) ?? ''
const withChanged = (path: string, change: (content: Buffer) => Buffer): Buffer =>
  archive(entries.map(([each, content]) => [each, each === path ? change(content) : content]))
const inserted = (index: number, ...more: Buffer[]): Buffer =>
  Buffer.concat([archive(entries.slice(0, index)).subarray(0, -tarEnd.length), ...more, archive(entries.slice(index))])

describe('a kit', () => {
  it('that was written is verified, and has what went into it', async () => {
    const { manifest, comment, bytes } = await opened(kit)

    expect(manifest).toEqual(sampleManifest)
    expect(comment).toBe('kit web')
    expect(bytes).toBe(kit.length)
    expect(kit.equals(archive(entries))).toBe(true)
  })

  it('of the same content has the same bytes', async () => {
    expect((await written('again.kit')).equals(kit)).toBe(true)
  })

  it('is a tar archive for other programs', async () => {
    const { stdout } = await promisify(execFile)('tar', ['-tf', join(folder, 'good.kit')])

    expect(stdout.trim().split('\n')).toEqual(entries.map(([path]) => path))
  })

  it('gives its files only as they were verified', async () => {
    const file = join(folder, 'replaced.kit')
    await writeFile(file, kit)
    const found = await openKit(file, sampleKey, AbortSignal.timeout(10_000))
    const before = await found.read(profile[0])
    const changed = Buffer.from(kit)
    changed.write('eman', kit.indexOf(profile[1]))
    await writeFile(file, changed)

    await expect(found.read(profile[0])).rejects.toMatchObject({ code: 'KIT_CHANGED' })
    await found.close()
    expect(before).toEqual(profile[1])
  })

  it.each<[string, () => Buffer, string, string]>([
    [
      'a changed blob',
      () => withChanged(first, (content) => Buffer.from(content).fill(0x20, 0, 1)),
      'KIT_CHANGED',
      first,
    ],
    ['a longer file', () => withChanged(first, (content) => Buffer.concat([content, content])), 'KIT_CHANGED', first],
    [
      'a changed manifest',
      () => withChanged(kitPaths.manifest, (content) => Buffer.from(content.toString().replace('Web', 'Bew'))),
      'KIT_SIGNATURE_INVALID',
      'signature',
    ],
    ['half of its bytes', () => kit.subarray(0, kit.length / 2), 'KIT_TRUNCATED', 'ends within a file'],
    ['no end mark', () => kit.subarray(0, -tarEnd.length), 'KIT_TRUNCATED', 'ends within a file'],
    ['files missing at its end', () => archive(entries.slice(0, -1)), 'KIT_TRUNCATED', 'ends before blobs/'],
    ['nothing', () => Buffer.alloc(0), 'KIT_TRUNCATED', 'ends within a file'],
    ['text', () => Buffer.from('text '.repeat(500)), 'KIT_INVALID', 'This is no kit'],
    ['another first file', () => archive(entries.slice(1)), 'KIT_INVALID', 'where kit.json belongs'],
    ['a file more at its end', () => archive([...entries, ['more', Buffer.from('a')]]), 'KIT_INVALID', '"more"'],
    [
      'a file more within',
      () => inserted(4, ...entryOf(tarHeader('more', 1), Buffer.from('a'))),
      'KIT_INVALID',
      '"more"',
    ],
    [
      'two files of a name',
      () => inserted(5, ...entryOf(tarHeader(profile[0], profile[1].length), profile[1])),
      'KIT_INVALID',
      'two files of the same name: "profile/profile.yaml"',
    ],
    [
      'a name outside of its folder',
      () => inserted(4, ...entryOf(tarHeader('../../etc/passwd', 1), Buffer.from('a'))),
      'KIT_INVALID',
      'outside of its folder',
    ],
    [
      'an absolute name',
      () => inserted(4, ...entryOf(tarHeader('/etc/passwd', 1), Buffer.from('a'))),
      'KIT_INVALID',
      'outside of its folder',
    ],
    [
      'a symbolic link',
      () => inserted(4, changedHeader('a', 0, 156, '2')),
      'KIT_INVALID',
      'a link, a folder or a device',
    ],
    ['a hard link', () => inserted(4, changedHeader('a', 0, 156, '1')), 'KIT_INVALID', 'a link, a folder or a device'],
    [
      'a long name of its own',
      () => inserted(4, changedHeader('a', 0, 156, 'L')),
      'KIT_INVALID',
      'a link, a folder or',
    ],
    [
      'another mode',
      () => Buffer.concat([kit.subarray(0, 100), Buffer.from('0000755'), kit.subarray(107)]),
      'KIT_INVALID',
      'wrong checksum',
    ],
    [
      'another owner with its checksum',
      () => Buffer.concat([changedHeader('kit.json', entries[0]?.[1].length ?? 0, 108, '0001750'), kit.subarray(512)]),
      'KIT_INVALID',
      'unusual header',
    ],
    [
      'files in another order',
      () => archive([...entries.slice(0, 2), ...entries.slice(2).reverse()]),
      'KIT_INVALID',
      'where oci-layout belongs',
    ],
    ['bytes behind its end', () => Buffer.concat([kit, Buffer.alloc(512)]), 'KIT_INVALID', 'behind its end'],
    [
      'bytes between its files',
      () => {
        const changed = Buffer.from(kit)
        changed[kit.indexOf(profile[1]) + profile[1].length] = 1
        return changed
      },
      'KIT_INVALID',
      'between its files',
    ],
  ])('with %s is refused', async (_what, content, code, message) => {
    await expect(opened(content())).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('of another team is refused', async () => {
    await expect(opened(kit, createKey().key)).rejects.toMatchObject({ code: 'KIT_KEY_OTHER' })
  })
})

describe('a manifest', () => {
  const changed = (change: object): Buffer => Buffer.from(JSON.stringify({ ...sampleManifest, ...change }))
  const { files, charts, images } = sampleManifest

  it.each([
    ['text', Buffer.from('text'), 'is not JSON'],
    ['too many levels', Buffer.from('['.repeat(1_000)), 'has too many values'],
    ['another version', changed({ schemaVersion: 2 }), 'is not valid: schemaVersion'],
    ['an unknown field', changed({ run: 'sh' }), 'is not valid'],
    ['a file twice', changed({ files: [...files, ...files.slice(-1)] }), 'twice'],
    [
      'a path of its own',
      changed({ files: [...files, { path: 'run.sh', size: 1, sha256: '0'.repeat(64) }] }),
      'run.sh',
    ],
    [
      'a path of another digest',
      changed({ files: [...files, { path: `blobs/sha256/${'1'.repeat(64)}`, size: 1, sha256: '0'.repeat(64) }] }),
      'is no file of a kit',
    ],
    [
      'more than the limit',
      changed({
        files: [
          ...files,
          ...Array.from({ length: 20 }, (_, index) => {
            const sha256 = String(index).padStart(64, '0')
            return { path: `blobs/sha256/${sha256}`, size: 8 * 1_073_741_824 - 1, sha256 }
          }),
        ],
      }),
      'more than 100 GiB',
    ],
    ['a file missing', changed({ files: files.slice(1) }), 'does not list oci-layout'],
    ['an image missing', changed({ images: [] }), 'names an image that it does not have'],
    [
      'an image of a blob that it lacks',
      changed({ images: [{ ...images[0], digest: `sha256:${'0'.repeat(64)}` }] }),
      'does not list',
    ],
    ['a chart of another digest', changed({ charts: [{ ...charts[0], archive: 'md5:1' }] }), 'is not valid'],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => parseManifest(text)).toThrow(
      expect.objectContaining({ code: 'KIT_INVALID', message: expect.stringContaining(message) }),
    )
  })
})

import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type TarEntry, tar } from '../../test/bed/tar.ts'
import { archiveLimitBytes, checkArchive } from './chart-archive.ts'
import { chartLimits } from './chart-folder.ts'
import { tarEntries } from './tar.ts'

const chartYaml = { path: 'a/Chart.yaml', data: Buffer.from('name: a\nversion: 1.2.3\n') }
const packed = (...entries: TarEntry[]): Buffer => gzipSync(tar([chartYaml, ...entries]))
const check = (archive: Buffer) => checkArchive('a.tgz', archive)

describe('a chart archive', () => {
  it('is accepted with files and folders below one folder, and has a name and a version', async () => {
    const archive = packed({ path: 'a/templates/' }, { path: `a/${'long/'.repeat(20)}x`, data: Buffer.from('x') })
    expect(await check(archive)).toEqual({ name: 'a', version: '1.2.3' })
  })

  it.each<[string, TarEntry]>([
    ['a symbolic link', { path: 'a/token', link: '/etc/passwd' }],
    ['an absolute path', { path: '/etc/cron.d/x' }],
    ['a path above its folder', { path: 'a/../../x' }],
    ['a path of Windows', { path: 'a/..\\..\\x' }],
    ['a second folder at the top', { path: 'b/x' }],
    ['a file that is too large', { path: 'a/x', data: Buffer.alloc(chartLimits.fileBytes + 1) }],
  ])('is refused with %s', async (_what, entry) => {
    await expect(check(packed(entry))).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })

  it('is refused with a hard link, a device or a pipe', async () => {
    for (const type of '1346') {
      const bytes = tar([chartYaml, { path: 'a/x' }])
      const at = 1024 + 156 // the second header's type
      const checksum = Number.parseInt(bytes.toString('latin1', 1024 + 148, 1024 + 154), 8) - (bytes[at] ?? 0)
      bytes.write(type, at)
      bytes.write((checksum + type.charCodeAt(0)).toString(8).padStart(6, '0'), 1024 + 148)
      await expect(check(gzipSync(bytes))).rejects.toMatchObject({
        message: expect.stringContaining('a link or a device'),
      })
    }
  })

  it('is refused if it expands to more than the limit, without being expanded', async () => {
    const before = process.memoryUsage().rss
    const bomb = gzipSync(Buffer.alloc(128 * 1_048_576))
    const peak = process.memoryUsage().rss
    await expect(check(bomb)).rejects.toMatchObject({ message: expect.stringContaining('expands to more than') })
    expect(process.memoryUsage().rss - Math.max(before, peak)).toBeLessThan(3 * chartLimits.totalBytes)
  })

  it('is refused if it has too many entries, is too large, damaged, or no chart', async () => {
    const many = packed(...Array.from({ length: chartLimits.files }, (_, index) => ({ path: `a/${index}` })))
    const large = Array.from({ length: 5 }, (_, index) => ({
      path: `a/${index}`,
      data: randomBytes(chartLimits.fileBytes),
    }))
    expect(packed(...large).length).toBeGreaterThan(archiveLimitBytes)
    const damaged = tar([chartYaml])
    damaged[0] = 0x62
    const archives = [
      many,
      packed(...large),
      Buffer.from('text'),
      gzipSync(damaged),
      gzipSync(tar([chartYaml]).subarray(0, 600)),
      gzipSync(tar([{ path: 'a/values.yaml' }])),
    ]
    for (const archive of archives) await expect(check(archive)).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})

describe('an archive of another program', () => {
  const pax = (records: string): TarEntry => ({ path: 'pax', data: Buffer.from(records) })
  /** An entry with another type flag. */
  const typed = (type: string, entry: TarEntry): Buffer => {
    const bytes = tar([entry]).subarray(0, -1024)
    const sum = Number.parseInt(bytes.toString('latin1', 148, 154), 8) - (bytes[156] ?? 0) + type.charCodeAt(0)
    bytes.write(type, 156)
    bytes.write(sum.toString(8).padStart(6, '0'), 148)
    return bytes
  }
  const names = (...parts: Buffer[]) => [...tarEntries(Buffer.concat(parts))].map(({ path }) => path)

  it('has its long paths, in the format of pax and of GNU', () => {
    const path = '19 path=../../x.md\n'
    expect(names(typed('x', pax(path)), tar([{ path: 'short' }]))).toEqual(['../../x.md'])
    expect(names(typed('L', { path: 'L', data: Buffer.from('/long\0') }), tar([{ path: 'short' }]))).toEqual(['/long'])
    expect(names(typed('g', pax(path)), tar([{ path: 'short' }]))).toEqual(['short'])
  })

  it('is refused if an entry has two names, or a folder has content', () => {
    const short = tar([{ path: 'short' }])
    const gnu = typed('L', { path: 'L', data: Buffer.from('a/long\0') })
    const longer = typed('x', pax('16 path=a/other\n'))
    expect(names(gnu, short)).toEqual(['a/long'])
    expect(names(longer, short)).toEqual(['a/other'])
    for (const parts of [
      [gnu, longer],
      [longer, gnu],
      [gnu, gnu],
      [longer, longer],
    ])
      expect(() => names(...parts, short)).toThrow('two names')
    expect(() => names(tar([{ path: 'a/b/', data: tar([{ path: 'a/hidden', link: '/etc' }]) }]))).toThrow('content')
  })

  it('is refused if another program could read other entries', () => {
    for (const records of ['11 size=99\n', '99 path=x\n', 'path=x\n'])
      expect(() => names(typed('x', pax(records)), tar([{ path: 'short' }]))).toThrow()
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filesOf, logsIn, readChunks } from './log-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-import-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

/** Each chunk in the memory of the one before, as `readChunks` may give them. */
async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) yield memory.subarray(0, bytes.copy(memory, 0, at, at + size))
}

async function read(
  file: string,
  chunkBytes = 1_000_000,
  limits?: Parameters<typeof logsIn>[2],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { path, origin, chunks } of logsIn(file, inChunks(readFileSync(file), chunkBytes), limits)) {
    const parts: Buffer[] = []
    for await (const chunk of chunks) parts.push(Buffer.from(chunk))
    found[`${path.slice(folder.length + 1)} = ${origin.pod}/${origin.container}`] = Buffer.concat(parts).toString()
  }
  return found
}

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('')

describe('the logs in a file', () => {
  it.each([
    ['plain', (text: string) => Buffer.from(text)],
    ['gzip', (text: string) => gzipSync(text)],
    ['gzip, appended', (text: string) => Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))])],
    ['zstd', (text: string) => zstdCompressSync(text)],
  ])('%s', async (_, pack) => {
    const text = lines(20_000)
    const file = write('wso2carbon.log', pack(text))
    for (const chunkBytes of [7, 4_096]) {
      expect(await read(file, chunkBytes)).toEqual({ 'wso2carbon.log = wso2carbon.log/': text })
    }
  })

  it.each(['ustar', 'gnu', 'pax'])('a support bundle in an archive of tar, format %s', async (format) => {
    const long = 'x'.repeat(120)
    write('bundle/cluster-resources/pods/logs/shop/orders-1/main.log', lines(3_000))
    write('bundle/cluster-resources/pods/logs/shop/orders-1/main-previous.log', lines(3))
    write(
      `bundle/cluster-resources/pods/logs/shop/${format === 'ustar' ? 'orders-2' : long}/main.log.gz`,
      gzipSync('in gzip\n'),
    )
    write('bundle/cluster-resources/nodes.json', '{}')
    symlinkSync('main.log', join(folder, 'bundle/cluster-resources/pods/logs/shop/orders-1/link.log'))
    const file = join(folder, 'bundle.tar.gz')
    execFileSync('tar', ['-czf', file, `--format=${format}`, '--sort=name', '-C', folder, 'bundle'])

    const path = 'bundle.tar.gz/bundle/cluster-resources/pods/logs/shop'
    const other = format === 'ustar' ? 'orders-2' : long
    const expected = {
      [`${path}/orders-1/main-previous.log = orders-1/main`]: lines(3),
      [`${path}/orders-1/main.log = orders-1/main`]: lines(3_000),
      [`${path}/${other}/main.log.gz = ${other}/main`]: 'in gzip\n',
    }
    expect(await read(file)).toEqual(expected)
    expect(await read(file, 100)).toEqual(expected)
  })

  it('passes over logs of an archive that nobody reads', async () => {
    for (const name of ['a', 'b', 'c']) write(`logs/${name}.log`, lines(2_000))
    const file = join(folder, 'logs.tar')
    execFileSync('tar', ['-cf', file, '--sort=name', '-C', folder, 'logs'])
    const names: string[] = []
    for await (const { path, chunks } of logsIn(file, readChunks(file))) {
      names.push(path.slice(-5))
      if (!path.endsWith('b.log')) continue
      for await (const chunk of chunks) expect(chunk.toString('utf8', 0, 6)).toBe('line 0')
    }
    expect(names).toEqual(['a.log', 'b.log', 'c.log'])
  })

  it('a file of kubectl cluster-info dump, whatever its chunks', async () => {
    const log = (container: string, text: string): string =>
      `==== START logs for container ${container} of pod shop/orders-1 ====\n${text}==== END logs for container ${container} of pod shop/orders-1 ====\n`
    const odd = '==== not a mark\n==== START of something\n'
    const file = write(
      'shop/orders-1/logs.txt',
      log('main', `${odd}${lines(300)}`) + log('empty', '') + log('sidecar', 'one\n'),
    )
    const expected = {
      'shop/orders-1/logs.txt#orders-1/main = orders-1/main': `${odd}${lines(300)}`,
      'shop/orders-1/logs.txt#orders-1/empty = orders-1/empty': '',
      'shop/orders-1/logs.txt#orders-1/sidecar = orders-1/sidecar': 'one\n',
    }
    for (const chunkBytes of [1, 13, 1_000_000]) expect(await read(file, chunkBytes)).toEqual(expected)
  })

  it.each([
    ['gzip', gzipSync(lines(5_000)).subarray(0, 2_000)],
    ['zstd', zstdCompressSync(lines(5_000)).subarray(0, 2_000)],
  ])('%s that is cut is FILE_INVALID', async (_, bytes) => {
    await expect(read(write('cut.log', bytes))).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })

  it('an archive that is cut, or changed, is FILE_INVALID', async () => {
    write('logs/a.log', lines(2_000))
    const file = join(folder, 'logs.tar')
    execFileSync('tar', ['-cf', file, '-C', folder, 'logs'])
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, 3_000))
    await expect(read(file)).rejects.toMatchObject({ code: 'FILE_INVALID' })
    bytes[512 + 10] = 0x58
    writeFileSync(file, bytes)
    await expect(read(file)).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})

const block = 512
/** One entry of an archive: what `tar` would not write can be put into it. */
function entry(name: string, content: Buffer, { type = '0', size = content.length } = {}): Buffer {
  const header = Buffer.alloc(block)
  header.write(name, 0, 'latin1')
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  header.write(type, 156, 'latin1')
  header.write('ustar\0', 257, 'latin1')
  header.fill(0x20, 148, 156)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  )
  return Buffer.concat([header, content, Buffer.alloc((block - (content.length % block)) % block)])
}
const archive = (...entries: readonly Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(2 * block)])

describe('a hostile archive', () => {
  const limits = { expansion: 100, expandedBytes: 1_000_000, depth: 4 }
  const zeros = Buffer.alloc(10_000_000)
  const tenth = (times: number): Buffer => (times === 0 ? zeros.subarray(0, 900_000) : gzipSync(tenth(times - 1)))

  it.each([
    ['gzip', gzipSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
    // Each of them alone stays below the limit.
    ['in its members', archive(...['a', 'b', 'c'].map((name) => entry(`${name}.log`, tenth(1))))],
    ['in an archive that is compressed', gzipSync(archive(entry('a.log', gzipSync(zeros))))],
  ])('that expands without end, %s, is refused', async (_, bytes) => {
    const reading = read(write('bomb', bytes), 1_000, limits)
    await expect(reading).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/bomb expands to more than 100 times its size\.$/),
    })
  })

  it('that is within others is read four deep, and not without end', async () => {
    const nested = (depth: number): Buffer =>
      depth === 0 ? Buffer.from('a line\n') : gzipSync(archive(entry('inner.log', nested(depth - 1))))
    expect(Object.values(await read(write('four.tgz', nested(4))))).toEqual(['a line\n'])
    await expect(read(write('five.tgz', nested(5)))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/in too many archives within each other\.$/),
    })
  })

  it('names files outside of it, with control characters and without end: the names are only shown', async () => {
    const names = ['../../../etc/cron.d/evil', '/etc/passwd', 'C:\\Windows\\x', '\u001b[2J.log']
    const long = [entry('././@LongLink', Buffer.from(`pods/${'x'.repeat(60_000)}\0`), { type: 'L' })]
    const bytes = archive(...names.map((name) => entry(name, Buffer.from('line\n'))), ...long, entry('cut', zeros))
    const origins: string[] = []
    for await (const { origin } of logsIn('names.tar', inChunks(bytes, 70_000))) origins.push(origin.pod)
    expect(origins).toEqual(['evil', 'passwd', 'x', '\u001b[2J.log', 'x'.repeat(253)])
  })

  it.each([
    ['a link', '1'],
    ['a symbolic link', '2'],
    ['a device', '3'],
    ['a pipe', '6'],
    ['a folder', '5'],
  ])('has no log in %s', async (_, type) => {
    expect(await read(write('a.tar', archive(entry('a.log', Buffer.alloc(0), { type }))))).toEqual({})
  })

  it.each([
    ['whose entry claims 8 GiB', [entry('a.log', Buffer.from('x'), { size: 0o77777777777 })]],
    ['whose entry that is no log claims 8 GiB', [entry('a.json', Buffer.from('x'), { size: 0o77777777777 })]],
    ['with a name of a megabyte', [entry('L', Buffer.alloc(1_000_000, 'x'), { type: 'L' })]],
    ['with a sparse file', [entry('a', Buffer.from('22 GNU.sparse.major=1\n'), { type: 'x' })]],
    ['with another size for the next entry', [entry('a', Buffer.from('10 size=1\n'), { type: 'x' })]],
    ['that ends within a header', [entry('a.log', Buffer.from('x')), Buffer.alloc(100, 'x')]],
  ])('%s is FILE_INVALID', async (_, entries) => {
    await expect(read(write('a.tar', Buffer.concat(entries)))).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})

it('refuses what has no end', async () => {
  await expect(filesOf('/dev/zero')).rejects.toMatchObject({ code: 'FILE_INVALID' })
})

it('finds the files of a folder in order, without links and manifests', async () => {
  write('bundle/b.log', '')
  write('bundle/a/0.log', '')
  write('bundle/version.yaml', '')
  symlinkSync('/etc/hosts', join(folder, 'bundle/c.log'))
  expect((await filesOf(join(folder, 'bundle'))).map((file) => file.slice(folder.length))).toEqual([
    '/bundle/a/0.log',
    '/bundle/b.log',
  ])
})

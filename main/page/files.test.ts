import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findFile, pathWithin } from './files.ts'

const root = join('/', 'app', 'renderer')

describe('pathWithin', () => {
  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/index-B2x_.js', 'assets/index-B2x_.js'],
    ['/assets/a%20b.js', 'assets/a b.js'],
  ])('%s is a file below the root', (path, file) => {
    expect(pathWithin(root, path)).toBe(join(root, file))
  })

  it.each([
    '',
    'index.html',
    '/..',
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/%252e%252e/package.json',
    '/..%5cpackage.json',
    '/..\\package.json',
    '/C:/Windows/win.ini',
    '/index.html%00.js',
    '/.git/config',
    '/%',
    '//etc/passwd/../../..',
  ])('%j is no file', (path) => {
    expect(pathWithin(root, path)).toBeUndefined()
  })

  it('keeps an absolute path below the root', () => {
    expect(pathWithin(root, '//etc/passwd')).toBe(join(root, 'etc', 'passwd'))
  })
})

describe('findFile', () => {
  it('does not follow a link to the outside, and serves no file type that a window does not have', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-files-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const window = join(folder, 'window')
    await mkdir(window)
    await writeFile(join(folder, 'secret.json'), '{}')
    await writeFile(join(window, 'here.json'), '{}')
    await writeFile(join(window, 'notes.txt'), 'not of the window')
    await symlink(join(folder, 'secret.json'), join(window, 'out.json'))
    await symlink(join(window, 'here.json'), join(window, 'in.json'))

    expect(await findFile(window, '/here.json')).toMatch(/here\.json$/)
    expect(await findFile(window, '/in.json')).toMatch(/here\.json$/)
    expect(await findFile(window, '/out.json')).toBeUndefined()
    expect(await findFile(window, '/notes.txt')).toBeUndefined()
    expect(await findFile(window, '/absent.json')).toBeUndefined()
  })
})

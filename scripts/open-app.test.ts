import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { electronBinary } from './electron-binary.ts'
import { whyNoDesktop } from './open-app.ts'

it.each([
  ['its program', undefined, 'linux', { DISPLAY: ':0' }, false, /install-electron/],
  ['a display', '/electron', 'linux', {}, false, /no display/],
  ['a user other than root', '/electron', 'linux', { DISPLAY: ':0' }, true, /sandbox/],
] as const)('the desktop app cannot run without %s', (_what, binary, platform, environment, isRoot, sentence) => {
  expect(whyNoDesktop(binary, platform, environment, isRoot)).toMatch(sentence)
})

it.each([
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }],
  ['darwin', {}],
  ['win32', {}],
] as const)('the desktop app can run on %s', (platform, environment) => {
  expect(whyNoDesktop('/electron', platform, environment, false)).toBeUndefined()
})

it("finds Electron's program only where its installer put it", async () => {
  const root = await mkdtemp(join(tmpdir(), 'hangar-electron-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const electron = join(root, 'node_modules', 'electron')
  await mkdir(join(electron, 'dist'), { recursive: true })
  expect(electronBinary(root)).toBeUndefined()

  await writeFile(join(electron, 'path.txt'), 'electron')
  expect(electronBinary(root)).toBeUndefined()

  await writeFile(join(electron, 'dist', 'electron'), '')
  expect(electronBinary(root)).toBe(join(electron, 'dist', 'electron'))
})

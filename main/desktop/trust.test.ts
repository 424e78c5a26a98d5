import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answer } from './answer.ts'
import { type Asker, mayHavePort } from './asker.ts'
import { maySave } from './downloads.ts'
import { mayOpen } from './links.ts'
import { mayLoad } from './network.ts'
import { isOurs } from './origin.ts'
import { isGranted } from './permissions.ts'

const frame = (given: Partial<Asker> = {}): Asker => ({
  url: 'app://hangar/',
  origin: 'app://hangar',
  parent: null,
  ...given,
})

describe('mayHavePort', () => {
  it('says yes to the top frame on our page', () => {
    const top = frame()
    expect(mayHavePort(top, top)).toBe(true)
  })

  it.each([
    ['a page of another origin', frame({ url: 'https://evil.example/', origin: 'https://evil.example' })],
    ['an authority that only begins like ours', frame({ url: 'app://hangar.evil/', origin: 'app://hangar.evil' })],
    ['a document without a URL of its own', frame({ url: 'about:blank' })],
    ['a document without a URL', frame({ url: '' })],
    ['an origin that is opaque', frame({ origin: 'null' })],
    ['a URL with a user in it', frame({ url: 'app://evil@hangar/' })],
  ])('says no to %s, even as the top frame', (_who, top) => {
    expect(mayHavePort(top, top)).toBe(false)
  })

  it('says no to a frame inside ours, to a frame of another window, and to one that is gone', () => {
    const top = frame()
    const inner = frame({ parent: top as Asker['parent'] })

    expect(mayHavePort(inner, top)).toBe(false)
    expect(mayHavePort(inner, inner)).toBe(false)
    expect(mayHavePort(frame(), top)).toBe(false)
    expect(mayHavePort(null, top)).toBe(false)
  })
})

describe('what is ours', () => {
  it.each(['app://hangar/', 'app://hangar/assets/a.js?b#c', 'app://hangar'])('knows %s', (url) => {
    expect(isOurs(url)).toBe(true)
    expect(mayLoad(url)).toBe(true)
  })

  it.each([
    'app://hangar.evil/',
    'app://evil/',
    'apps://hangar/',
    'https://hangar/',
    'app:hangar',
    'app://hangar:80/',
    'file:///hangar',
    '',
  ])('does not take %j for ours, nor load it', (url) => {
    expect(isOurs(url)).toBe(false)
    expect(mayLoad(url)).toBe(false)
  })

  it('answers for another authority, and to what is no read, as for an absent file', async () => {
    const root = await mkdtemp(join(tmpdir(), 'hangar-trust-'))
    onTestFinished(() => rm(root, { recursive: true }))
    await writeFile(join(root, 'index.html'), '<!doctype html>')
    expect((await answer(root, 'GET', 'app://hangar/')).status).toBe(200)
    for (const [method, url] of [
      ['GET', 'app://evil/'],
      ['POST', 'app://hangar/'],
      ['GET', 'app://hangar/..%2f..%2fpackage.json'],
    ] as const) {
      const response = await answer(root, method, url)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-security-policy')).toContain("connect-src 'none'")
    }
  })
})

it('grants nothing but copying, and that to our page alone', () => {
  expect(isGranted('clipboard-sanitized-write', 'app://hangar/')).toBe(true)
  expect(isGranted('clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
  for (const permission of ['clipboard-read', 'media', 'geolocation', 'notifications', 'openExternal', 'fullscreen']) {
    expect(isGranted(permission, 'app://hangar/')).toBe(false)
  }
})

it.each([
  ['blob:app://hangar/0b8f6c1e', 'asked for', true],
  ['blob:app://hangar/0b8f6c1e', 'by itself', false],
  ['blob:https://evil.example/0b8f6c1e', 'asked for', false],
  ['blob:app://hangar.evil/0b8f6c1e', 'asked for', false],
  ['blob:null/0b8f6c1e', 'asked for', false],
  ['app://hangar/index.html', 'asked for', false],
  ['data:text/plain,x', 'asked for', false],
  ['https://evil.example/report.html', 'asked for', false],
])('lets %s, %s, be saved: %s', (url, how, saved) => {
  expect(maySave({ getURL: () => url, hasUserGesture: () => how === 'asked for' })).toBe(saved)
})

it.each([
  ['https://kubernetes.io/docs/concepts/', true],
  ['http://kubernetes.io/', false],
  ['https://kubernetes.io.evil.example/', false],
  ['https://kubernetes.io:8443/', false],
  ['https://kubernetes.io@evil.example/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['ms-msdt:/id', false],
  ['no address', false],
])('opens %s in the browser: %s', (url, opened) => {
  expect(mayOpen(url)).toBe(opened)
})
